import { assertEveryProjectIsTagged, assertOneConfig } from './loopholes.ts';
import { plantedViolations, violations } from './testing/repository-linter.ts';

const project = (...tags: string[]) => [{ name: 'planted', data: { root: 'libs/planted', tags } }];

describe('A project', () => {
  it('passes with one layer and one scope that have a row', () => {
    expect(() =>
      assertEveryProjectIsTagged(project('npm:private', 'layer:core', 'scope:events')),
    ).not.toThrow();
  });

  it.each([
    [[]],
    [['npm:private']],
    [['layer:core']],
    [['scope:events']],
    [['layer:core', 'layer:app']],
    [['layer:core', 'scope:planted']],
    [['layer:planted', 'scope:events']],
    [['layer:core', 'scope:events', 'scope:auth']],
    [['layer:core', 'layer:app', 'scope:events']],
  ])('stops lint with the tags %j', (tags) => {
    expect(() => assertEveryProjectIsTagged(project(...tags))).toThrow(
      'Projects without module boundaries: planted.',
    );
  });
});

describe('A second configuration', () => {
  it.each([
    'libs/events/eslint.config.mjs',
    'eslint.config.js',
    'apps/gateway/src/.eslintrc.json',
    'e2e/.eslintrc',
  ])('stops lint: %s', (file) => {
    expect(() => assertOneConfig(['eslint.config.ts', file])).toThrow(`Delete ${file}`);
  });

  it('is not a file that merely mentions it', () => {
    expect(() =>
      assertOneConfig(['eslint.config.ts', 'docs/eslint.config.md.txt', 'my-eslint.config.ts']),
    ).not.toThrow();
  });
});

describe('A comment', () => {
  const second = 'export class UserExecutionContext {}';

  it.each([
    `/* eslint-disable */ ${second}`,
    `/* eslint bulkhead/no-context-redefinition: off */ ${second}`,
    `// eslint-disable-next-line bulkhead/no-context-redefinition\n${second}`,
    `${second} // eslint-disable-line`,
  ])('switches nothing off: %j', async (text) => {
    const found = await plantedViolations('libs/events/src/planted.ts', text);
    expect(found).toContain('bulkhead/no-context-redefinition');
    expect(found).toContainEqual(expect.stringContaining('noInlineConfig'));
  });

  it.each(['// @ts-ignore', '// @ts-nocheck', '// @ts-expect-error -- because it must'])(
    'does not silence the compiler: %s',
    async (comment) => {
      const found = await plantedViolations(
        'libs/events/src/planted.ts',
        `${comment}\nexport const a: string = 1;`,
      );
      expect(found).toContain('@typescript-eslint/ban-ts-comment');
    },
  );

  it('may expect an error of the compiler in a spec, with the reason', async () => {
    const expecting = (comment: string) =>
      plantedViolations('libs/events/src/planted.spec.ts', `${comment}\nexport const a: string = 1;`);
    expect(await expecting('// @ts-expect-error')).toContain('@typescript-eslint/ban-ts-comment');
    expect(await expecting('// @ts-expect-error -- a number is no name')).toEqual([]);
  });
});

describe('A rule that needs types', () => {
  const file = 'libs/errors/src/app-error.ts';

  it.each([
    [
      '@typescript-eslint/no-floating-promises',
      'async function work() { await Promise.resolve(); }\nwork();',
    ],
    [
      '@typescript-eslint/no-misused-promises',
      'export const all = [1].filter(async () => Promise.resolve(true));',
    ],
    ['@typescript-eslint/no-explicit-any', 'export const anything = (value: any): string => String(value);'],
    [
      '@typescript-eslint/switch-exhaustiveness-check',
      `export function of(kind: 'a' | 'b'): number { switch (kind) { case 'a': return 1; } return 2; }`,
    ],
    [
      '@typescript-eslint/consistent-type-imports',
      `import { Type } from '@nestjs/common';\nexport const of = (type: Type): Type => type;`,
    ],
    ['max-lines', '\n'.repeat(301)],
    ['no-console', `console.log('hello');`],
  ])('is on: %s', async (rule, text) => {
    expect(await violations(file, text)).toContain(rule);
  });

  it.each([
    [
      'the context by what a method returns',
      'bulkhead/no-context-redefinition',
      `import type { UserExecutionContext } from '@bulkhead/user-context';
       export type RunInfo = ReturnType<UserExecutionContext['toJSON']>;`,
    ],
    [
      'a copy of a context that a property holds',
      'bulkhead/no-context-construction',
      `import type { UserContextScope } from '@bulkhead/user-context';
       export const copy = (scope: UserContextScope): object => ({ ...scope.context });`,
    ],
    [
      'a context that is written onto',
      'bulkhead/no-context-construction',
      `import type { UserContextScope } from '@bulkhead/user-context';
       export const forge = (scope: UserContextScope): object => Object.assign(scope.context, { userId: 'eve' });`,
    ],
  ])('sees through a type: %s', async (_what, rule, text) => {
    expect(await violations('libs/tools/src/tools.module.ts', text)).toContain(rule);
  });

  it('lets a type be made of what clients are told', async () => {
    const text = `import type { ThreadEvent } from '@bulkhead/events';
      export type End = Extract<ThreadEvent, { type: 'agent_completed' }>;`;
    expect(await violations('libs/tools/src/tools.module.ts', text)).toEqual([]);
  });

  it('leaves the class that a constructor injects a value import, or injection would find nothing', async () => {
    const text = `import { Injectable } from '@nestjs/common';
      import { ModuleRef } from '@nestjs/core';
      @Injectable()
      export class Finder { constructor(private readonly moduleRef: ModuleRef) {} find() { return this.moduleRef; } }`;
    expect(await violations(file, text)).toEqual([]);
  });

  it('accepts what is written here', async () => {
    expect(await violations(file, 'export const answer = 42;\n')).toEqual([]);
  });
});
