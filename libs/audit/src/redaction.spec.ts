import type { JsonValue } from '@bulkhead/user-context';
import fc from 'fast-check';
import { redact } from './redaction.ts';

const CANARY = 'canary-7f3a';
const secretKeys = [
  ...['password', 'Password', 'user_password', 'passwordHash', 'passwd', 'passphrase', 'db-pass', 'pwd'],
  ...['secret', 'clientSecret', 'token', 'access_token', 'refreshTokens', 'x-api-key', 'apiKey', 'API KEY'],
  ...['Authorization', 'credentials', 'Cookie', 'set-cookie', 'privateKey', 'private_key', 'accessKeyId'],
  ...['ｐａｓｓｗｏｒｄ', 'p.a.s.s.w.o.r.d'],
];
const harmlessKeys = ['text', 'passenger', 'compass rose', 'author', 'key', 'keyboard', 'query', 'city'];

const anyHarmlessKey = fc.constantFrom(...harmlessKeys);
/** Any JSON in which the canary stands under secret-looking keys only, at any depth and in any shape. */
const { value: anyWithSecrets } = fc.letrec<{ value: JsonValue; secret: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyHarmlessKey, tie('value'), { maxKeys: 3 }),
    fc.dictionary(fc.constantFrom(...secretKeys), tie('secret'), { minKeys: 1, maxKeys: 2 }),
  ),
  secret: fc.oneof(
    { maxDepth: 3 },
    fc.constant(CANARY),
    fc.array(tie('secret'), { maxLength: 2 }),
    fc.dictionary(anyHarmlessKey, tie('secret'), { maxKeys: 2 }),
  ),
}));
const { value: anyHarmless } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.stringMatching(/^[a-z ]{0,9}$/),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(anyHarmlessKey, tie('value'), { maxKeys: 3 }),
  ),
}));

describe('redaction', () => {
  it('lets no secret through, however deep it is under a key that looks like one', () => {
    fc.assert(
      fc.property(anyWithSecrets, (value) => {
        expect(JSON.stringify(redact(value))).not.toContain(CANARY);
      }),
    );
  });

  it('lets none through as text either: JSON that is whole, cut off anywhere, or quoted once more', () => {
    fc.assert(
      fc.property(anyWithSecrets, fc.nat(), fc.boolean(), (value, end, isQuoted) => {
        const json = JSON.stringify(isQuoted ? JSON.stringify(value) : value);
        expect(redact(json)).not.toContain(CANARY);
        expect(redact(json.slice(0, end % (json.length + 1)))).not.toContain(CANARY);
      }),
    );
  });

  it('keeps everything else as it is', () => {
    fc.assert(fc.property(anyHarmless, (value) => expect(redact(value)).toEqual(value)));
  });

  it.each(secretKeys)('takes %s for the name of a secret', (key) => {
    expect(redact({ [key]: CANARY, other: 1 })).toEqual({ [key]: '[redacted]', other: 1 });
  });

  it.each([
    ['Authorization: Bearer abc.DEF-123/4+5==', 'Authorization: [redacted]'],
    ['authorization: bearer abc', 'authorization: [redacted]'],
    ['key=sk-abcdefghijklmnop0123 end', 'key=[redacted] end'],
    ['(eyJhbGciOi.eyJzdWIi.c2ln-na_ture)', '([redacted])'],
    ['Bearer a Bearer b', '[redacted] [redacted]'],
    ['a risk-assessment-of-everything', 'a risk-assessment-of-everything'],
    ['a bear', 'a bear'],
  ])('finds secrets by their form: %s', (text, redacted) => {
    expect(redact({ list: [text] })).toEqual({ list: [redacted] });
  });

  it('keeps what comes before a secret in text that is no JSON', () => {
    expect(redact('{"city": "Oslo", "password": "canary-7f3a')).toBe(
      '{"city": "Oslo", "password": [redacted]',
    );
  });

  it('leaves out what is no JSON, and what is nested without end', () => {
    expect(redact([undefined, () => 1, Symbol('x'), 10n, NaN, new Date(0)])).toEqual([
      ...[null, null, null, null, NaN, {}],
    ]);
    const deep: unknown = JSON.parse(`${'['.repeat(3_000)}"${CANARY}"${']'.repeat(3_000)}`);
    expect(JSON.stringify(redact(deep))).not.toContain(CANARY);
    const endless: unknown[] = [];
    endless.push(endless);
    expect(() => redact(endless)).not.toThrow();
  });

  it('changes a copy, not the original', () => {
    const original = Object.freeze({ password: CANARY, list: Object.freeze(['Bearer x']) });
    redact(original);
    expect(original).toEqual({ password: CANARY, list: ['Bearer x'] });
  });

  it('can not be given a key that reaches the prototype', () => {
    const redacted = redact(JSON.parse('{"__proto__": {"polluted": true}}')) as object;
    expect(Object.getPrototypeOf(redacted)).toBe(Object.prototype);
    expect(redacted).not.toHaveProperty('polluted');
  });

  it.each(['eyJ-', 'eyJa.', 'sk-a ', 'Bearer ', '"', '"" '])(
    'takes a long text of nothing but %p in its stride',
    (beginning) => {
      const text = beginning.repeat(200_000);
      expect(typeof redact(text)).toBe('string');
    },
  );
});
