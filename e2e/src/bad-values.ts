/** Where an id is expected: other systems' placeholders, what no UUID looks like, and what breaks parsers. */
export const badIds: readonly unknown[] = [
  ...[
    '',
    ' ',
    '0',
    '1',
    'null',
    'undefined',
    'none',
    'default',
    'DEFAULT',
    'registry',
    'temp',
    'test',
    'example',
  ],
  ...[
    'placeholder_1',
    'registry_x',
    'default_user',
    'temp_1',
    'test_1',
    'example_1',
    'demo_1',
    'mock_1',
    'fake_1',
  ],
  ...['not-a-uuid', '00000000-0000-4000-8000-00000000000', "'; drop table threads; --", '../../etc/passwd'],
  ...['\0', '\ud800', '\u202e', '__proto__', 'constructor', `${'a'.repeat(129)}`],
  ...[0, 1, -1, true, null, [], {}, ['b6b2b1a0-0000-4000-8000-000000000000']],
];

/** Where a text is expected. */
export const badTexts: readonly unknown[] = [7, true, null, [], {}, ['text'], 'a\0b', 'a\ud800b', '\udc00'];

/** Where a sequence is expected. */
export const badSequences: readonly unknown[] = [-1, 1.5, 1e20, '1', 'x', true, [], {}, [1]];

/** Where a JSON object is expected. */
export const badBodies: readonly unknown[] = [null, [], 'text', 7, true, [{ content: 'hello' }]];

/** Fields that no request knows, as JSON text: two of them can't be written as an object in JavaScript. */
export const badFields = {
  extra: '"extra":1',
  userId: '"userId":"b6b2b1a0-0000-4000-8000-000000000000"',
  role: '"role":"admin"',
  __proto__: '"__proto__":{"isAdmin":true}',
  constructor: '"constructor":{"prototype":{"isAdmin":true}}',
  prototype: '"prototype":{}',
} as const;

export const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text;
};
