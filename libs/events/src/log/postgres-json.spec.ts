import fc from 'fast-check';
import { toStorable, toStorableText } from './postgres-json.ts';

const unstorable = /\0|\p{Cs}/u;
/** Text of any UTF-16 code units, NUL and lone surrogates among them. */
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom('\0', '\uD800', '\uDFFF', '\\', '"', 'u0000'), fc.string({ maxLength: 2 })),
  maxLength: 6,
});
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    anyText,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 3 }),
  ),
}));
const anyData = fc.dictionary(anyText, anyValue, { maxKeys: 4 });

describe('toStorable', () => {
  it('leaves nothing in the JSON that PostgreSQL can not store', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        const { json } = toStorable(data);
        JSON.parse(json, (key, value: unknown) => {
          expect(key).not.toMatch(unstorable);
          if (typeof value === 'string') expect(value).not.toMatch(unstorable);
          return value;
        });
      }),
    );
  });

  it('gives the value that its JSON stands for', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        const { json, value } = toStorable(data);
        expect(value).toStrictEqual(JSON.parse(json));
      }),
    );
  });

  it('keeps what can be stored as it is', () => {
    const data = { text: 'naïve 🎈 \\u0000 \n', list: [1, null, { deep: true }] };
    expect(toStorable(data).value).toStrictEqual(data);
  });

  it('puts U+FFFD in the place of NUL and of each lone surrogate, in keys and values', () => {
    expect(toStorable({ 'k\0': ['a\0b', { '\uDC00': 'x\uD83Dy' }], pair: '\uD83C\uDF88' }).value).toEqual({
      'k\uFFFD': ['a\uFFFDb', { '\uFFFD': 'x\uFFFDy' }],
      pair: '🎈',
    });
    expect(toStorableText('a\0\uD800')).toBe('a\uFFFD\uFFFD');
  });

  it('shares nothing with its source', () => {
    const data = { list: ['a'] };
    const { value } = toStorable(data);
    data.list.push('b');
    expect(value).toEqual({ list: ['a'] });
  });
});
