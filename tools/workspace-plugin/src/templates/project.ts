import type { Names } from '../names.ts';

/** Files by their path within the project. */
export type Files = Readonly<Record<string, string>>;

/** What every lib has, whatever is in it. */
export function projectFiles({ kebab }: Names, layer: string): Files {
  const target = (condition: string): string => `./${condition}`;
  const manifest = {
    name: `@bulkhead/${kebab}`,
    version: '0.1.0',
    private: true,
    type: 'module',
    exports: {
      '.': {
        '@bulkhead/source': target('src/index.ts'),
        types: target('dist/index.d.ts'),
        default: target('dist/index.js'),
      },
    },
    nx: { name: kebab, tags: [`layer:${layer}`, `scope:${kebab}`], targets: { build: {}, test: {} } },
  };
  return {
    'package.json': JSON.stringify(manifest),
    'tsconfig.json': '{ "extends": "../../tsconfig.base.json", "include": ["src"] }\n',
    'tsconfig.build.json': '{ "extends": "../../tsconfig.build.json" }\n',
  };
}
