/** Longest identifier, in UTF-16 code units. */
export const MAX_IDENTIFIER_LENGTH = 128;

/** Values that stand for "no real id" in other systems; compared case-insensitively with the whole id. */
export const REFUSED_IDENTIFIERS: ReadonlySet<string> = new Set(
  (
    'registry placeholder default temp none null undefined 0 1 xxx yyy ' +
    'example test demo sample template mock fake dummy'
  ).split(' '),
);

/** Beginnings that mark a made-up id; compared case-insensitively. */
export const REFUSED_PREFIXES: readonly string[] = [
  'placeholder_',
  'registry_',
  'default_',
  'temp_',
  'test_',
  'example_',
  'demo_',
  'sample_',
  'template_',
  'mock_',
  'fake_',
];

/** Why a value can't be an identifier, as the end of a sentence that begins with the field; undefined when it can. */
export function refusalOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value === '') return 'must not be empty';
  if (value.length > MAX_IDENTIFIER_LENGTH) return `must have at most ${MAX_IDENTIFIER_LENGTH} characters`;
  if (/\s/u.test(value)) return 'must not contain whitespace';
  if (/\p{Cc}/u.test(value)) return 'must not contain control characters';
  if (/\p{Cs}/u.test(value)) return 'must not contain lone surrogates';
  const folded = value.toLowerCase();
  if (REFUSED_IDENTIFIERS.has(folded) || REFUSED_PREFIXES.some((prefix) => folded.startsWith(prefix))) {
    return 'must be a real id, not a placeholder';
  }
  return undefined;
}
