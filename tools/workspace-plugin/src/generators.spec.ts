import type { Tree } from '@nx/devkit';
import { FsTree } from 'nx/src/generators/tree.js';
import { fileURLToPath } from 'node:url';
import { agent, lib, restResource, tool, undo } from './generators.ts';
import { namesOf } from './names.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let tree: Tree;
// The real workspace, changed in memory only.
beforeEach(() => (tree = new FsTree(root, false)));

const changes = (): string[] => tree.listChanges().map(({ type, path }) => `${type} ${path}`);
const lines = (path: string): string[] => (tree.read(path, 'utf8') ?? '').split('\n');

describe('A lib', () => {
  it('has tags, a module, an index, a spec, a README, an owner, boundaries and a place in the server', async () => {
    await lib(tree, { name: 'planted-notes', owner: '@bulkhead/engine', imports: 'persistence, errors' });
    expect(changes().sort()).toEqual(
      [
        'CREATE libs/planted-notes/README.md',
        'CREATE libs/planted-notes/package.json',
        'CREATE libs/planted-notes/src/index.ts',
        'CREATE libs/planted-notes/src/planted-notes.module.spec.ts',
        'CREATE libs/planted-notes/src/planted-notes.module.ts',
        'CREATE libs/planted-notes/src/planted-notes.service.ts',
        'CREATE libs/planted-notes/tsconfig.build.json',
        'CREATE libs/planted-notes/tsconfig.json',
        'UPDATE CODEOWNERS',
        'UPDATE apps/gateway/src/app.module.ts',
        'UPDATE package-lock.json',
        'UPDATE tools/eslint-plugin/src/boundaries.ts',
      ].sort(),
    );
    expect(JSON.parse(tree.read('libs/planted-notes/package.json', 'utf8') ?? '')).toMatchObject({
      name: '@bulkhead/planted-notes',
      nx: { tags: ['layer:feature', 'scope:planted-notes'] },
    });
    expect(lines('CODEOWNERS')).toContain('/libs/planted-notes/    @bulkhead/engine');
    expect(lines('tools/eslint-plugin/src/boundaries.ts')).toEqual(
      expect.arrayContaining([`  'planted-notes': ['persistence', 'errors'],`, `    'planted-notes',`]),
    );
    expect(lines('apps/gateway/src/app.module.ts')).toEqual(
      expect.arrayContaining([
        `import { PlantedNotesModule } from '@bulkhead/planted-notes';`,
        '        PlantedNotesModule,',
      ]),
    );
  });

  it.each(['Notes', 'notes_two', '2notes', 'a'.repeat(31), '../notes', ''])(
    'is not made with the name %j',
    async (name) => {
      await expect((async () => lib(tree, { name }))()).rejects.toThrow('is no name for a project');
      expect(changes()).toEqual([]);
    },
  );

  it('is not made where there is one', async () => {
    await expect((async () => lib(tree, { name: 'events' }))()).rejects.toThrow('libs/events exists already');
    expect(changes()).toEqual([]);
  });
});

describe('An agent or a tool', () => {
  it.each([
    ['an agent', () => agent(tree, { name: 'planted-thing' })],
    ['a tool', () => tool(tree, { name: 'planted-thing' })],
  ])('touches no other lib: %s', async (_what, make) => {
    await make();
    const others = changes().filter((it) => !it.startsWith('CREATE libs/planted-thing/'));
    expect(others.sort()).toEqual([
      'UPDATE CODEOWNERS',
      'UPDATE apps/gateway/src/app.module.ts',
      'UPDATE package-lock.json',
      'UPDATE tools/eslint-plugin/src/boundaries.ts',
    ]);
  });
});

describe('Undo', () => {
  it.each([
    ['a lib', () => lib(tree, { name: 'planted-thing' })],
    ['an agent', () => agent(tree, { name: 'planted-thing' })],
    ['a tool', () => tool(tree, { name: 'planted-thing' })],
    ['a REST resource', () => restResource(tree, { name: 'planted-thing' })],
  ])('leaves no trace of %s', async (_what, make) => {
    await make();
    expect(changes().length).toBeGreaterThan(3);
    await undo(tree, { name: 'planted-thing' });
    expect(changes()).toEqual([]);
  });

  it('leaves no trace of ten libs, in whatever order they go', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `planted-${String.fromCharCode(97 + index)}`);
    for (const name of names) await lib(tree, { name });
    for (const name of names.filter((_, index) => index % 2)) await undo(tree, { name });
    for (const name of names.filter((_, index) => !(index % 2)).reverse()) await undo(tree, { name });
    expect(changes()).toEqual([]);
  });

  it('removes nothing that is not there', async () => {
    await expect(undo(tree, { name: 'planted-thing' })).rejects.toThrow('Nothing was removed');
    expect(changes()).toEqual([]);
  });

  it('removes no lib that others import', async () => {
    await expect(undo(tree, { name: 'events' })).rejects.toThrow('libs/events is imported by');
    expect(changes()).toEqual([]);
  });

  it('removes no controller that no generator made', async () => {
    await expect(undo(tree, { name: 'threads' })).rejects.toThrow('Nothing was removed');
    expect(changes()).toEqual([]);
  });
});

describe('A name', () => {
  it('is spelled in every way from one', () => {
    expect(namesOf('word-count')).toEqual({
      kebab: 'word-count',
      snake: 'word_count',
      pascal: 'WordCount',
      camel: 'wordCount',
      words: 'word count',
    });
  });
});
