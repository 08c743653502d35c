import type { Names } from '../names.ts';
import type { ListedLine } from './lines.ts';

const appModule = 'apps/gateway/src/app.module.ts';
const clientsModule = 'apps/gateway/src/clients.module.ts';
const boundaries = 'tools/eslint-plugin/src/boundaries.ts';
const key = (name: string): string => (name.includes('-') ? `'${name}'` : name);

/** The end of the list whose first line this is. */
const endOf =
  (start: RegExp, end: string): ListedLine['isBefore'] =>
  (line, above) =>
    line === end && above.findLastIndex((it) => start.test(it)) > above.lastIndexOf(end);

/** The lines that make a lib a part of the workspace: its owner, its boundaries, its place in the server. */
export function linesOfLib(
  names: Names,
  options: { owner: string; imports: readonly string[] },
): readonly ListedLine[] {
  const imports = options.imports.map((it) => `'${it}'`).join(', ');
  return [
    {
      file: 'CODEOWNERS',
      line: `/libs/${names.kebab}/`.padEnd(24) + options.owner,
      isBefore: (line) => line.startsWith('/apps/'),
    },
    {
      file: boundaries,
      line: `  ${key(names.kebab)}: [${imports}],`,
      isBefore: (line) => line === '  gateway: [',
    },
    { file: boundaries, line: `    '${names.kebab}',`, isBefore: endOf(/^ {2}gateway: \[$/, '  ],') },
    ...linesOfModule(`${names.pascal}Module`, `@bulkhead/${names.kebab}`),
  ];
}

const linesOfModule = (module: string, from: string): readonly ListedLine[] => [
  { file: appModule, line: `import { ${module} } from '${from}';`, isBefore: isRelativeImport },
  { file: appModule, line: `        ${module},`, isBefore: endOf(/^ {6}imports: \[$/, '      ],') },
];

/** The lines that make a REST resource a part of the server, among all that serves clients. */
export const linesOfResource = ({ kebab, pascal }: Names): readonly ListedLine[] => [
  {
    file: clientsModule,
    line: `import { ${pascal}RestModule } from './${kebab}/${kebab}.module.ts';`,
    isBefore: isRelativeImport,
  },
  { file: clientsModule, line: `    ${pascal}RestModule,`, isBefore: endOf(/^ {2}imports: \[$/, '  ],') },
];

const isRelativeImport = (line: string): boolean => /^import \{ .* from '\.\//.test(line);
