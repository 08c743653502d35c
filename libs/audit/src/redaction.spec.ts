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

  /** Put together here, so that no scanner takes this file for a leak. */
  const digits = '0123456789abcdef';
  const hex = digits + digits;
  const mixed = `Ab1_${'xYz9'.repeat(9)}`;
  const letters = `Ab1${'xYz9'.repeat(9)}`;
  it.each([
    `bhk_${hex}_${mixed}`,
    ...[
      `AK${'IA'}IOSFODNN7EXAMPLE`,
      `AS${'IA'}IOSFODNN7EXAMPLE`,
      `AI${'za'}${letters}`,
      `GOC${'SPX'}-${letters}`,
    ],
    ...['p', 'o', 's', 'r', 'u'].map((kind) => `gh${kind}_${letters}`),
    ...[`github_pat_${mixed}`, `glp${'at'}-${letters.slice(0, 20)}`, `npm_${letters}`, `pypi-${letters}`],
    ...['b', 'p', 'a', 'r', 's', 'e'].map((kind) => `xox${kind}-1234567890-${letters}`),
    ...[
      `sk_live_${letters}`,
      `rk_live_${letters}`,
      `whsec_${letters}`,
      `sk-${letters}`,
      `sk-ant-api03-${mixed}`,
    ],
    ...[`sk-proj-${mixed}`, `hf_${letters}`, `gsk_${letters}`, `SK${hex}`, `SG.${letters}.${letters}`],
    ...[`1234567890:${letters.slice(0, 35)}`, `dop_v1_${hex}${hex}`, `hvs.${letters}`, `ya29.${letters}`],
    ...[`eyJhbGciOi.eyJzdWIi.${letters}`, `eyJhbGciOi.${letters}.${letters}.${letters}.${letters}`],
    `-----BEGIN RSA PRIVATE KEY-----\n${letters}\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${letters}`,
    `AGE-SECRET-KEY-1${'QPZRY9X8'.repeat(5)}`,
  ])('finds %s wherever it stands', (secret) => {
    for (const around of ['?', 'It is ? today.', '"?"', 'x=?', 'x%3D?', String.raw`a\n?`, '(?)']) {
      const [before = '', after = ''] = around.split('?');
      if (secret.startsWith('-----') && after !== '' && !secret.includes('END')) continue;
      expect(redact(`${before}${secret}${after}`)).toBe(`${before}[redacted]${after}`);
    }
    expect(JSON.stringify(redact({ [secret]: [secret] }))).not.toContain(secret);
  });

  it.each([
    ['postgres://ada:hunter2@db.internal:5432/app', 'postgres://ada:[redacted]@db.internal:5432/app'],
    ['redis://:hunter2@cache', 'redis://:[redacted]@cache'],
    ['https://ada:p@ss:w@rd@host/?q=1', 'https://ada:[redacted]@host/?q=1'],
    ['Authorization: Basic YWRhOmh1bnRlcjI=', 'Authorization: [redacted]'],
    ['curl -H "Authorization: Basic YWRhOmh1bnRlcjI="', 'curl -H "Authorization: [redacted]"'],
    ['Basic YWRhOmh1bnRlcjI', 'Basic [redacted]'],
    ['Cookie: session=abc; theme=dark', 'Cookie: [redacted]'],
    ['DB_PASSWORD=hunter2', 'DB_PASSWORD=[redacted]'],
    ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG', 'aws_secret_access_key = [redacted]'],
    ['--api-key=abc --verbose', '--api-key=[redacted] --verbose'],
    ['https://x.example/?access_token=abc&page=2', 'https://x.example/?access_token=[redacted]&page=2'],
    ['Host=db;Password=hunter2;Port=1', 'Host=db;Password=[redacted];Port=1'],
    ['AccountName=a;AccountKey=abc+/==;x=1', 'AccountName=a;AccountKey=[redacted];x=1'],
    ['x=password=hunter2', 'x=password=[redacted]'],
    ["client_secret: 'a b c', x", 'client_secret: [redacted], x'],
    ['user: ada\n  password: correcthorse\nport: 1', 'user: ada\n  password: [redacted]\nport: 1'],
    ['password: hunter22', 'password: [redacted]'],
  ])('finds secrets by where they stand: %s', (text, redacted) => expect(redact(text)).toBe(redacted));

  it.each([
    'The secret: be kind to others.',
    'Basic arithmetic and basic input/output.',
    'Passwords: choose long ones.',
    'max_tokens=4096, total_tokens: 12',
    'https://localhost:3000/@scope/package and mailto:ada@example.org at 10:30',
    'a task-list, ask-me-anything-about-this, skill-based-matchmaking-system',
    'glad-to-be-of-service-anytime, key-value-store-of-the-server, pypi-',
    'commit 0123456789abcdef0123456789abcdef01234567 on 2026-12-01T10:00:00Z',
    '5f3a1c2e-0000-4000-8000-123456789abc and eyJ and SG.x and AKIA',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'The token of the reader, and the password that nobody knows.',
  ])('leaves ordinary text alone: %s', (text) => expect(redact(text)).toBe(text));

  it('lets no part of a secret through in any text, and changes nothing more when it is repeated', () => {
    const secret = fc.constantFrom(
      `ghp_${letters}`,
      `token=${letters}`,
      `://u:${letters}@`,
      `bhk_${hex}_${letters}`,
    );
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(' ', ', ', '=', ': ', '@', '"', '://', 'password=', 'x'),
      secret,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), secret, (pieces, end) => {
        const once = redact(`${pieces.join(' ')} ${end}`);
        expect(once).not.toContain(letters);
        expect(redact(once)).toBe(once);
      }),
    );
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

  it.each([
    ...[
      'eyJ-',
      'eyJa.',
      'sk-a ',
      'Bearer ',
      '"',
      '"" ',
      'bhk_',
      'bhk_a ',
      'ghp_',
      'xoxb-',
      'SG.',
      'SG.a.',
      '%41sk-',
    ],
    ...[
      '-----BEGIN PRIVATE KEY',
      '-----BEGIN PRIVATE KEY-----',
      '-----END ',
      '://a:',
      '://',
      ':',
      '=',
      'a=',
      'a: ',
    ],
    ...[
      'password=',
      'password: ',
      "password='",
      'password="\\\\',
      'basic ',
      'basic aaaa',
      'authorization: basic ',
    ],
    ...['cookie: a=', 'a', ' ', '\\n', '12345678:', 'a.', '?sig=', 'eyJa.a.', 'token\\n', '@', 'x:y@'],
  ])('takes a long text of nothing but %p in its stride', (beginning) => {
    const text = beginning.repeat(200_000);
    expect(typeof redact(text)).toBe('string');
  });
});
