/** What programs and people write for a value that is not there. */
const placeholders: ReadonlySet<string> = new Set([
  ...[
    'n/a',
    'na',
    'n.a.',
    '#n/a',
    '#na',
    '<na>',
    'null',
    '(null)',
    '#null!',
    'none',
    'nil',
    'nan',
    '-nan',
    '\\n',
  ],
  ...['-', '--', '---', '\u2013', '\u2014', '\u2212', '?', '.', '(blank)', '(empty)', 'undefined'],
  ...['#div/0!', '#value!', '#ref!', '#name?', '#num!', '#error!', 'missing', 'not available'],
]);
const LONGEST = 20;

/** The placeholder that a cell consists of, as it is written. */
export function placeholderOf(cell: string): string | undefined {
  if (cell.length > LONGEST) return undefined;
  const text = cell.trim();
  return placeholders.has(text.toLowerCase()) ? text : undefined;
}
