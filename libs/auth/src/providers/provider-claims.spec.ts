import type { JWTPayload } from 'jose';
import type { ProviderOptions } from '../auth.options.ts';
import { readClaims, sessionIdOf } from './provider-claims.ts';

const options: ProviderOptions = {
  issuer: 'https://issuer.example',
  audience: 'bulkhead',
  algorithms: ['RS256'],
  roles: { staff: 'user', boss: 'admin' },
  defaultRoles: [],
  clockToleranceSeconds: 5,
};
const good: JWTPayload = { sub: 'ada', iat: 1_700_000_000, exp: 1_700_000_600 };
const read = (claims: object, more: Partial<ProviderOptions> = {}) =>
  readClaims({ ...good, ...claims }, 'the.token', { ...options, ...more });

describe('The claims of a provider', () => {
  it('say whose token it is, and from when to when', () => {
    expect(read({})).toEqual({
      subject: 'ada',
      displayName: 'User',
      email: null,
      roles: undefined,
      signIn: 'token the.token',
      lacksRoles: false,
      issuedAt: new Date(1_700_000_000_000),
      signedInAt: undefined,
      expiresAt: 1_700_000_600_000,
    });
  });

  it.each([[undefined], [''], [7], ['x'.repeat(256)], ['a\0b'], ['\ud800']])(
    'name no user by %j',
    (sub: unknown) => {
      expect(() => read({ sub })).toThrow('The token names no user.');
    },
  );

  it('name a user by as many characters as an issuer may use', () => {
    expect(read({ sub: 'x'.repeat(255) }).subject).toHaveLength(255);
  });

  it.each([{ iat: undefined }, { exp: undefined }, { exp: '1700000600' }])('are refused with %j', (times) => {
    expect(() => read(times)).toThrow('The token has no times.');
  });

  it('tell sign-ins apart by session, else by token id, else by the token itself', () => {
    expect(read({ sid: 's1', jti: 'j1' }).signIn).toBe('sid s1');
    expect(read({ sid: 5, jti: 'j1' }).signIn).toBe('jti j1');
    expect(read({ jti: 5 }).signIn).toBe('token the.token');
  });
});

describe('The time of a sign-in', () => {
  const issuedAt = new Date(1_700_000_000_000);

  it('is what the provider says, and never later than the token', () => {
    expect(read({ auth_time: 1_699_999_000 }).signedInAt).toEqual(new Date(1_699_999_000_000));
    expect(read({ auth_time: 1_800_000_000 }).signedInAt).toEqual(issuedAt);
  });

  it.each([[undefined], ['1700000000'], [Number.NaN], [null]])('is unknown where it is %j', (time) => {
    expect(read({ auth_time: time }).signedInAt).toBeUndefined();
  });
});

describe("A provider's user", () => {
  it.each([
    [{ name: 'Ada Lovelace', preferred_username: 'ada', email: 'a@b.example' }, 'Ada Lovelace'],
    [{ name: '', preferred_username: 'ada' }, 'ada'],
    [{ name: ['Ada'], email: 'a@b.example' }, 'a@b.example'],
    [{ name: 'a\u0007b' }, 'User'],
  ])('with %j is called %s', (claims, displayName) => {
    expect(read(claims).displayName).toBe(displayName);
  });

  it('has a name of bounded length', () => {
    const { displayName } = read({ name: '😀'.repeat(500) });
    expect(displayName.length).toBeGreaterThan(0);
    expect([...displayName].length).toBeLessThan(500);
  });

  it.each([
    ['a@b.example', 'a@b.example'],
    ['no address', null],
    [['a@b.example'], null],
    ['a\0@b.example', null],
    [`${'x'.repeat(400)}@b.example`, null],
  ])('with the email %j has %j', (email, expected) => {
    expect(read({ email }).email).toBe(expected);
  });
});

describe("A provider's roles", () => {
  const rolesClaim = 'realm.roles';
  const rolesOf = (realm: unknown, more: Partial<ProviderOptions> = {}) =>
    read({ realm }, { rolesClaim, ...more }).roles;

  it.each([
    [
      'that are listed give what they are mapped to, each once',
      { roles: ['boss', 'staff', 'boss'] },
      ['admin', 'user'],
    ],
    ['may be one word', { roles: 'staff' }, ['user']],
    ['that are not listed give nothing', { roles: ['root', 'Boss', ''] }, []],
    [
      'named like an inherited property give nothing',
      { roles: ['constructor', '__proto__', 'toString'] },
      [],
    ],
    ['that are no words give nothing', { roles: [['boss'], 7, null] }, []],
    ['may be absent', {}, []],
    ['may have nothing around them', undefined, []],
    ['are not looked for in a word', 'roles', []],
    ['are not looked for in nothing', null, []],
  ])('%s', (_what, realm, expected) => {
    expect(rolesOf(realm)).toEqual(expected);
  });

  it('are beside those that everybody has, each once', () => {
    expect(rolesOf({ roles: ['boss', 'staff'] }, { defaultRoles: ['user'] })).toEqual(['admin', 'user']);
    expect(rolesOf({}, { defaultRoles: ['user'] })).toEqual(['user']);
  });

  it('are not said by a provider without a claim for them', () => {
    expect(read({ realm: { roles: ['boss'] } }, { defaultRoles: ['user'] }).roles).toBeUndefined();
  });

  it.each([
    ['https://example.org/roles', { 'https://example.org/roles': ['boss'] }],
    ['resource_access.my.app.roles', { resource_access: { 'my.app': { roles: ['boss'] } } }],
    [['resource_access', 'my.app', 'roles'], { resource_access: { 'my.app': { roles: ['boss'] } } }],
  ])('are found at %j', (path, claims) => {
    expect(read(claims, { rolesClaim: path })).toMatchObject({ roles: ['admin'], lacksRoles: false });
    expect(read({}, { rolesClaim: path })).toMatchObject({ roles: [], lacksRoles: true });
  });

  it('are never those of a prototype', () => {
    expect(read({}, { rolesClaim: 'constructor.name' }).roles).toEqual([]);
  });
});

describe('A session id of a sign-in', () => {
  it("is a UUID, the same for the same sign-in, and another one for anybody or anything else's", () => {
    const id = sessionIdOf('ada', 'sid 1');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(sessionIdOf('ada', 'sid 1')).toBe(id);
    expect(new Set([id, sessionIdOf('ben', 'sid 1'), sessionIdOf('ada', 'sid 2')]).size).toBe(3);
  });
});
