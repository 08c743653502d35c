import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A workspace in a folder of its own; call `remove` when done. */
export interface TestWorkspace {
  readonly root: string;
  remove(): void;
}

const libs = ['errors', 'events', 'orders'] as const;
const pascal = (lib: string): string => lib[0]!.toUpperCase() + lib.slice(1, -1);

/** The inside of a lib: a class, a type, a function and a default of an older time, in files of their own. */
const sourcesOf = (lib: string): Record<string, string> => ({
  'index.ts': [
    `export { ${pascal(lib)} } from './deep/thing.ts';`,
    `export type { ${pascal(lib)}Options } from './deep/options.ts';`,
    `export { make${pascal(lib)} } from './make.ts';`,
  ].join('\n'),
  'testing.ts': `export { a${pascal(lib)} } from './deep/builder.ts';`,
  'deep/thing.ts': `import type { ${pascal(lib)}Options } from './options.ts';\nexport class ${pascal(lib)} { constructor(readonly options: ${pascal(lib)}Options = {}) {} }\nexport default ${pascal(lib)};`,
  'deep/options.ts': `export interface ${pascal(lib)}Options { readonly name?: string }`,
  'deep/builder.ts': `import { ${pascal(lib)} } from './thing.ts';\nexport const a${pascal(lib)} = (): ${pascal(lib)} => new ${pascal(lib)}();`,
  'make.ts': `import { ${pascal(lib)} } from './deep/thing.ts';\nexport const make${pascal(lib)} = (): ${pascal(lib)} => new ${pascal(lib)}();\nexport const secretOf${pascal(lib)} = 1;`,
});

/** Each kind of fragmented import, of a lib, in a file of its own. */
const kinds: Readonly<Record<string, (lib: string, name: string) => string>> = {
  named: (lib, name) =>
    `import { ${name} } from '@bulkhead/${lib}/src/deep/thing.ts';\nexport const it = new ${name}();`,
  several: (lib, name) =>
    `import { make${name}, secretless as _no } from './local.ts';\nimport { ${name}, type ${name}Options } from '@bulkhead/${lib}/src/index.ts';\nexport const it: ${name}Options = new ${name}().options ?? [make${name}, _no];`,
  renamed: (lib, name) =>
    `import { ${name} as Thing } from '@bulkhead/${lib}/src/deep/thing.ts';\nexport const it = new Thing();`,
  normal: (lib, name) =>
    `import ${name} from '@bulkhead/${lib}/src/deep/thing.ts';\nexport const it = new ${name}();`,
  namespace: (lib, name) =>
    `import * as all from '@bulkhead/${lib}/src/make.ts';\nexport const it = all.make${name}();`,
  'type-only': (lib, name) =>
    `import type { ${name}Options } from '@bulkhead/${lib}/src/deep/options.ts';\nexport const it: ${name}Options = {};`,
  'type-query': (lib, name) =>
    `export const it: import('@bulkhead/${lib}/src/deep/options.ts').${name}Options = {};`,
  'double-door': (lib, name) =>
    `import { a${name} } from '@bulkhead/${lib}/src/deep/builder.ts';\nexport const it = a${name}();`,
  're-export': (lib, name) => `export { ${name} } from '@bulkhead/${lib}/src/deep/thing.ts';`,
  'export-all': (lib) => `export * from '@bulkhead/${lib}/src/deep/options.ts';`,
  dynamic: (lib, name) =>
    `const { ${name} } = await import('@bulkhead/${lib}/src/deep/thing.ts');\nexport const it = new ${name}();`,
  'dynamic-member': (lib, name) =>
    `export const it = new (await import('@bulkhead/${lib}/src/deep/thing.ts')).${name}();`,
  'dynamic-then': (lib, name) =>
    `export const it = import('@bulkhead/${lib}/src/make.ts').then(({ make${name} }) => make${name}());`,
  require: (lib, name) =>
    `const { ${name} } = require('@bulkhead/${lib}/src/deep/thing.ts');\nexport const it: unknown = new ${name}();`,
  'jest-mock': (lib) => `jest.mock('@bulkhead/${lib}/src/deep/thing.ts', () => ({}));\nexport const it = 1;`,
  alias: (lib, name) =>
    `import { ${name} } from '#libs/${lib}/src/deep/thing.ts';\nexport const it = new ${name}();`,
  dist: (lib, name) =>
    `import { make${name} } from '@bulkhead/${lib}/dist/make.js';\nexport const it = make${name}();`,
  relative: (lib, name) =>
    `import { ${name} } from '../../${lib}/src/deep/thing.ts';\nexport const it = new ${name}();`,
  'relative-type': (lib, name) =>
    `import type { ${name} } from '../../${lib}/src/index.ts';\nexport const it = (thing: ${name}): unknown => thing;`,
  'wrong-home': (lib, name) =>
    `import { ${name} } from '@bulkhead/hub';\nexport const it = new ${name}(); export const of = '${lib}';`,
};

/** How many imports a workspace of so many rounds has that are not canonical. */
export const fragmentedImports = (rounds: number): number => rounds * libs.length * Object.keys(kinds).length;

/** An older workspace in which every lib is entered anywhere. Compiles as it is. */
export function fragmentedWorkspace(
  rounds: number,
  more: Readonly<Record<string, string>> = {},
): TestWorkspace {
  const root = mkdtempSync(join(tmpdir(), 'bulkhead-fragmented-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  };
  const lib = (name: string, sources: Readonly<Record<string, string>>): void => {
    const doors = {
      '.': './src/index.ts',
      './testing': './src/testing.ts',
      './src/*': './src/*',
      './dist/*.js': './src/*.ts',
    };
    write(
      `libs/${name}/package.json`,
      JSON.stringify({ name: `@bulkhead/${name}`, type: 'module', exports: doors }),
    );
    for (const [path, text] of Object.entries(sources)) write(`libs/${name}/src/${path}`, text);
    mkdirSync(join(root, 'node_modules/@bulkhead'), { recursive: true });
    symlinkSync(join('../../libs', name), join(root, 'node_modules/@bulkhead', name));
  };
  for (const name of libs) lib(name, sourcesOf(name));
  lib('hub', {
    'index.ts': libs.map((it) => `export { ${pascal(it)} } from '../../${it}/src/index.ts';`).join('\n'),
    'testing.ts': 'export {};',
  });
  lib('users', {
    'index.ts': 'export {};',
    'testing.ts': 'export {};',
    'globals.d.ts': 'declare function require(name: string): any; declare const jest: any;',
  });
  for (let round = 0; round < rounds; round++) {
    for (const name of libs) {
      write(
        `libs/users/src/local.ts`,
        libs.map((it) => `export const make${pascal(it)} = 1;`).join('\n') + '\nexport const secretless = 2;',
      );
      for (const [kind, text] of Object.entries(kinds))
        write(`libs/users/src/${kind}-${name}-${round}.ts`, text(name, pascal(name)));
    }
  }
  for (const [path, text] of Object.entries(more)) write(path, text);
  const compilerOptions = {
    ...{
      target: 'es2022',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      strict: true,
      noEmit: true,
      types: [],
    },
    ...{ allowImportingTsExtensions: true, skipLibCheck: true, paths: { '#libs/*': ['./libs/*'] } },
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['libs/*/src'] }));
  write('package.json', JSON.stringify({ name: 'fragmented', type: 'module' }));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
