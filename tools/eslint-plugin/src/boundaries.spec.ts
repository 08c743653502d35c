import { depConstraints } from './boundaries.ts';
import { plantedViolations } from './testing/repository-linter.ts';

// Written out rather than imported: this is what was decided, the tables only implement it.
const wanted: Readonly<Record<string, string>> = {
  errors: '',
  'user-context': 'errors',
  persistence: 'user-context errors',
  events: 'persistence user-context errors',
  auth: 'persistence user-context errors',
  models: 'user-context errors',
  tools: 'events persistence user-context errors',
  execution: 'tools models events persistence user-context auth errors',
  agents: 'execution tools models errors',
  gateway: 'agents execution tools models auth events persistence user-context errors',
  client: 'events errors',
  chat: 'client',
};
const wantedLayers = {
  'layer:app': 'feature core kernel client',
  'layer:feature': 'feature core kernel',
  'layer:core': 'core kernel',
  'layer:kernel': 'kernel',
  'layer:client': 'client core kernel',
  'layer:workspace': 'client workspace',
};
const projects = Object.keys(wanted);
const folderOf = (project: string): string =>
  `${/gateway|chat/.test(project) ? 'apps' : 'libs'}/${project}/src`;
const edges = projects.flatMap((from) => projects.filter((to) => to !== from).map((to) => ({ from, to })));
const rule = '@nx/enforce-module-boundaries';
/** nx does not see an import of a program, which has no door; a ban of ours does. */
const refusals = [rule, 'bulkhead/no-app-imports'];

describe('Module boundaries', () => {
  it('are drawn between layers too, so that a wrong row for a project is not enough', () => {
    const layers = depConstraints.filter(({ sourceTag }) => sourceTag.startsWith('layer:'));
    expect(
      Object.fromEntries(
        layers.map(({ sourceTag, onlyDependOnLibsWithTags: tags }) => [
          sourceTag,
          tags.map((tag) => tag.replace('layer:', '')).join(' '),
        ]),
      ),
    ).toEqual(wantedLayers);
  });

  it('know no wildcard', () => {
    expect(JSON.stringify(depConstraints)).not.toContain('*');
  });

  it.each(edges.filter(({ from, to }) => wanted[from]!.split(' ').includes(to)))(
    'let $from import $to',
    async ({ from, to }) => {
      expect(
        await plantedViolations(`${folderOf(from)}/planted.ts`, `import type { A } from '@bulkhead/${to}';`),
      ).not.toContain(rule);
    },
  );

  it.each(edges.filter(({ from, to }) => !wanted[from]!.split(' ').includes(to)))(
    'keep $from from importing $to, in any way',
    async ({ from, to }) => {
      for (const text of [
        `import { a } from '@bulkhead/${to}';`,
        `import type { A } from '@bulkhead/${to}';`,
        `export * from '@bulkhead/${to}';`,
        `await import('@bulkhead/${to}');`,
      ]) {
        const found = await plantedViolations(`${folderOf(from)}/planted.ts`, text);
        expect(found.filter((it) => refusals.includes(it))).not.toEqual([]);
      }
    },
  );

  it('hold in specs too', async () => {
    expect(
      await plantedViolations(
        'libs/persistence/src/planted.spec.ts',
        `import { a } from '@bulkhead/execution';`,
      ),
    ).toContain(rule);
    expect(
      await plantedViolations('e2e/src/planted.spec.ts', `import { a } from '@bulkhead/execution';`),
    ).toContain(rule);
  });

  it('are not walked around by a path', async () => {
    for (const path of ['../../errors/src/index.ts', '../../errors/src/app-error.ts']) {
      expect(await plantedViolations('libs/events/src/planted.ts', `import { a } from '${path}';`)).toContain(
        rule,
      );
    }
  });

  it('keep a lib from importing itself by name, which would be a cycle', async () => {
    expect(
      await plantedViolations('libs/events/src/planted.ts', `import { a } from '@bulkhead/events';`),
    ).toContain(rule);
  });

  it('are not walked around by an import within a type', async () => {
    const found = await plantedViolations(
      'libs/events/src/planted.ts',
      `export type A = import('@bulkhead/execution').A;`,
    );
    expect(found).toContain('@typescript-eslint/consistent-type-imports');
  });
});
