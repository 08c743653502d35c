import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  fragmentedImports,
  fragmentedWorkspace,
  type TestWorkspace,
} from '../testing/fragmented-workspace.ts';
import { applyRewrite, typeCheck } from './apply.ts';
import { planRewrite } from './rewrite.ts';

const ROUNDS = 7;
let workspace: TestWorkspace | undefined;
afterEach(() => workspace?.remove());

const textsOf = ({ root }: TestWorkspace, paths: readonly string[]): string[] =>
  paths.map((path) => readFileSync(join(root, path), 'utf8'));

describe('The rewriter', () => {
  it('moves more than four hundred fragmented imports of every kind to their one path, and it compiles', () => {
    workspace = fragmentedWorkspace(ROUNDS);
    expect(fragmentedImports(ROUNDS)).toBeGreaterThanOrEqual(400);
    expect(typeCheck(workspace.root)).toEqual({ ok: true, output: '' });
    const { files, undecided } = planRewrite(workspace.root);
    // The hub re-exports three of them by relative paths.
    expect(files.reduce((sum, it) => sum + it.edits, 0)).toBe(fragmentedImports(ROUNDS) + 3);
    expect(undecided).toEqual([]);
    expect(applyRewrite(workspace.root, files)).toBeUndefined();
    expect(planRewrite(workspace.root)).toEqual({ files: [], undecided: [] });
    const texts = textsOf(
      workspace,
      files.map(({ path }) => path),
    ).join('\n');
    expect(texts).not.toMatch(/\/(src|dist)\/|#libs|hub/);
  });

  it('gives every file its bytes back when the result does not compile', () => {
    // The index offers the class as a type only: past the door it was used as a value.
    workspace = fragmentedWorkspace(1, {
      'libs/errors/src/index.ts': `export type { Error } from './deep/thing.ts';`,
    });
    const { files } = planRewrite(workspace.root);
    expect(files.length).toBeGreaterThan(0);
    const paths = files.map(({ path }) => path);
    const before = textsOf(workspace, paths);
    expect(applyRewrite(workspace.root, files)).toContain('cannot be used as a value');
    expect(textsOf(workspace, paths)).toEqual(before);
  });

  it('gives them back when the type check itself breaks', () => {
    workspace = fragmentedWorkspace(1);
    const { files } = planRewrite(workspace.root);
    const before = textsOf(
      workspace,
      files.map(({ path }) => path),
    );
    const broken = (): never => {
      throw new Error('no compiler');
    };
    expect(() => applyRewrite(workspace!.root, files, broken)).toThrow('no compiler');
    expect(
      textsOf(
        workspace,
        files.map(({ path }) => path),
      ),
    ).toEqual(before);
  });

  it.each([
    [
      'what is not public',
      `import { secretOfEvent } from '@bulkhead/events/src/make.ts';`,
      'ask the owner of @bulkhead/events',
    ],
    [
      'a namespace that is passed on',
      `import * as all from '@bulkhead/events/src/make.ts';\nexport const it = [all];`,
      'passed on as a whole',
    ],
    [
      'a module that is passed on',
      `export const it = import('@bulkhead/events/src/make.ts');`,
      'passed on as a whole',
    ],
    [
      'a file of which nothing is public',
      `export * from '@bulkhead/events/src/deep/nothing.ts';`,
      'nothing of what it exports is public',
    ],
  ])('leaves to a person: %s', (_what, text, why) => {
    workspace = fragmentedWorkspace(0, { 'libs/users/src/odd.ts': text });
    const { files, undecided } = planRewrite(workspace.root);
    expect(files.map(({ path }) => path)).toEqual(['libs/hub/src/index.ts']);
    expect(undecided).toEqual([
      expect.objectContaining({
        at: expect.stringMatching(/^libs\/users\/src\/odd.ts:1$/) as string,
        why: expect.stringContaining(why) as string,
      }),
    ]);
  });

  it.each([
    ['a package root', `import { Event } from '@bulkhead/events';`],
    ['a door for tests', `import { aEvent } from '@bulkhead/events/testing';`],
    ['an own file', `import { secretless } from './local.ts';`],
    ['a third party', `import { join } from 'node:path';`],
    ['a text that is no import', `export const text = "import '@bulkhead/events/src/make.ts'";`],
  ])('leaves alone: %s', (_what, text) => {
    workspace = fragmentedWorkspace(0, { 'libs/users/src/odd.ts': text });
    expect(planRewrite(workspace.root).files.map(({ path }) => path)).not.toContain('libs/users/src/odd.ts');
  });
});
