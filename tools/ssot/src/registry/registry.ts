import { join } from 'node:path';
import type { GeneratedFile } from '../generated-file.ts';
import { compare } from '../workspace/workspace.ts';
import { publicSymbols, type PublicSymbol } from './public-symbols.ts';

const folder = 'docs/reference';

/** The import registry of the workspace at `root`: JSON for lint and tools, Markdown for people. One symbol a line. */
export function registryFiles(root: string): readonly GeneratedFile[] {
  const symbols = publicSymbols(root);
  return [
    { path: join(folder, 'import-registry.json'), text: asJson(symbols) },
    { path: join(folder, 'import-registry.md'), text: asMarkdown(symbols) },
  ];
}

const asJson = (symbols: readonly PublicSymbol[]): string =>
  `{"symbols":[\n${symbols.map((it) => JSON.stringify(it)).join(',\n')}\n]}\n`;

function asMarkdown(symbols: readonly PublicSymbol[]): string {
  const modules = [...new Set(symbols.map(({ from }) => from))].sort(compare);
  const sections = modules.map((module) => {
    const own = symbols.filter(({ from }) => from === module);
    const { layer, owner } = own[0]!;
    const lines = own.map(
      (it) =>
        `- \`${it.name}\`: ${it.kind}${it.requestScoped ? ', request-scoped' : ''}${it.again ? ', for those who see the wire only' : ''}`,
    );
    return [`## ${module}`, '', `Layer ${layer}, owner ${owner}.`, '', ...lines, ''].join('\n');
  });
  return [
    '# Import registry',
    '',
    'Every public symbol and the one module that it is imported from. Written from the code by `npx nx run ssot:registry`;',
    'do not edit it. Lint (`bulkhead/canonical-imports`) reads the JSON beside it.',
    '',
    ...sections,
  ].join('\n');
}
