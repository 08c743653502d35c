import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { signUpRules, type Rule } from './account-rules.ts';
import { RefreshDto, SignInDto, SignUpDto } from './credentials.dto.ts';

const good = { email: 'ada@bulkhead.example', password: 'correct horse' };
const messages = async (type: new () => object, body: object) =>
  (await validate(plainToInstance(type, body))).flatMap(({ constraints }) =>
    Object.values(constraints ?? {}),
  );

const emails: readonly (readonly [string, unknown, boolean])[] = [
  ['a plain one', 'ada@bulkhead.example', true],
  ['one with white space around it', '  ada@bulkhead.example\n', true],
  ['one in another script', '用户@bulkhead.example', true],
  ['the longest', `${'a'.repeat(63)}@${`${'b'.repeat(60)}.`.repeat(3)}example`, true],
  ['one over 254 characters', `${'a'.repeat(64)}@${`${'b'.repeat(60)}.`.repeat(3)}example`, false],
  ['one without a domain', 'ada@', false],
  ['one without an @', 'ada', false],
  ['one with a name', 'Ada <ada@bulkhead.example>', false],
  ['one with a NUL', 'a\0da@bulkhead.example', false],
  ['one with a control character in quotes', '"a\u0001da"@bulkhead.example', false],
  ['one with half a character', '"a\ud800da"@bulkhead.example', false],
  ['an empty one', '', false],
  ['a number', 1, false],
  ['a list', ['ada@bulkhead.example'], false],
  ['none', undefined, false],
  ['null', null, false],
];
const passwords: readonly (readonly [string, unknown, boolean])[] = [
  ['ten characters', 'abcdefghij', true],
  ['nine characters', 'abcdefghi', false],
  ['128 characters', 'x'.repeat(128), true],
  ['129 characters', 'x'.repeat(129), false],
  ['ten characters of two units each', '🔑'.repeat(10), true],
  ['nine characters of two units each', '🔑'.repeat(9), false],
  ['few characters that normalising makes ten', 'ﷺ', true],
  ['characters that normalising makes more than 128', 'ﷺ'.repeat(8), false],
  ['a megabyte', 'x'.repeat(1_000_000), false],
  ['white space', ' '.repeat(10), true],
  ['a NUL', 'abcdefghij\0', true],
  ['half a character', 'abcdefghij\ud800', false],
  ['the email', good.email, false],
  ['the email in capitals', good.email.toUpperCase(), false],
  ['the email in wide letters', 'ａda@bulkhead.example', false],
  ['nothing', '', false],
  ['a number', 1_234_567_890, false],
  ['no value', undefined, false],
];
const names: readonly (readonly [string, unknown, boolean])[] = [
  ['none', undefined, true],
  ['a name', 'Ada', true],
  ['80 characters', '👩'.repeat(80), true],
  ['81 characters', 'x'.repeat(81), false],
  ['white space', '  ', false],
  ['a NUL', 'A\0da', false],
  ['a line break', 'A\nda', false],
  ['null', null, false],
  ['an object', {}, false],
];

describe.each([
  ['email', emails],
  ['password', passwords],
  ['displayName', names],
] as const)('The %s of a sign-up', (field, table) => {
  it.each(table)('may be or may not be %s', async (_what, value, isGood) => {
    const body = { ...good, [field]: value };
    const rule: Rule = signUpRules[field];
    const refusal = rule(value, body);
    expect(refusal === undefined).toBe(isGood);
    expect(await messages(SignUpDto, body)).toEqual(isGood ? [] : [`${field} ${refusal}`]);
  });
});

describe('A sign-in', () => {
  it('asks of a password only what no stored one can break', async () => {
    expect(await messages(SignInDto, { ...good, password: 'short' })).toEqual([]);
    expect(await messages(SignInDto, { ...good, password: '' })).toEqual(['password must be given']);
    expect(await messages(SignInDto, { ...good, password: 'x'.repeat(129) })).toEqual([
      'password must have at most 128 characters',
    ]);
  });
});

describe('A refresh', () => {
  it('has a token that is text', async () => {
    expect(await messages(RefreshDto, { refreshToken: 'x' })).toEqual([]);
    expect(await messages(RefreshDto, {})).toHaveLength(1);
    expect(await messages(RefreshDto, { refreshToken: { $ne: null } })).toHaveLength(1);
  });
});
