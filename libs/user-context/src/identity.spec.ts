import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import { claimIdentityMint, Identity, type IdentityClaims } from './identity.ts';
import { anIdentity } from './testing/index.ts';

const claims: IdentityClaims = {
  userId: 'ada',
  sessionId: 'session-1',
  roles: ['user'],
  permissions: ['tools:search'],
  issuer: 'local',
  expiresAt: 1_000,
};
type AnyClass = new (...args: unknown[]) => object;
const OpenIdentity = Identity as unknown as AnyClass;

describe('An identity', () => {
  it('carries what was verified', () => {
    expect({ ...anIdentity(claims) }).toEqual(claims);
  });

  it('never changes, nor does a later change of the claims reach it', () => {
    const roles = ['user'];
    const identity = anIdentity({ roles });
    roles.push('admin');
    expect(identity.roles).toEqual(['user']);
    expect([identity, identity.roles, identity.permissions].every((part) => Object.isFrozen(part))).toBe(
      true,
    );
  });

  it('has a real user id', () => {
    expect(() => anIdentity({ userId: 'test' })).toThrow(InvalidContextError);
  });

  it('has only the permissions it was given', () => {
    expect(anIdentity(claims).hasPermission('tools:search')).toBe(true);
    expect(anIdentity(claims).hasPermission('tools')).toBe(false);
  });

  it('expires at its instant, not after it', () => {
    expect(anIdentity(claims).isExpired(999)).toBe(false);
    expect(anIdentity(claims).isExpired(1_000)).toBe(true);
    expect(anIdentity().isExpired()).toBe(false);
  });

  it('counts as expired when its expiry is no number', () => {
    expect(anIdentity({ expiresAt: Number.NaN }).isExpired()).toBe(true);
  });
});

describe('Making an identity', () => {
  it('takes the mint', () => {
    class Forged extends OpenIdentity {}
    for (const forge of [
      () => new OpenIdentity(claims),
      () => new OpenIdentity(Symbol('Identity'), claims),
      () => Reflect.construct(OpenIdentity, [Symbol('Identity'), claims]),
      () => new (anIdentity().constructor as AnyClass)(claims),
      () => new Forged(claims),
    ]) {
      expect(forge).toThrow(ContextIsolationError);
    }
  });

  it.each([
    ['a look-alike', claims],
    ['a copy', { ...anIdentity(claims) }],
    ['a clone', structuredClone({ ...anIdentity(claims) })],
    ['an object with its prototype', Object.assign(Object.create(Identity.prototype) as object, claims)],
    ['an object that inherits from one', Object.create(anIdentity())],
    ['a proxy of one', new Proxy(anIdentity(), {})],
    ['nothing', undefined],
    ['null', null],
  ])('is not %s', (_what, value) => {
    expect(() => Identity.verify(value)).toThrow(ContextIsolationError);
  });

  it('is recognised when real', () => {
    const identity = anIdentity();
    expect(Identity.verify(identity)).toBe(identity);
  });

  it('is a right that is handed out once', () => {
    const mint = claimIdentityMint();
    expect(Identity.verify(mint(claims)).userId).toBe('ada');
    expect(() => claimIdentityMint()).toThrow(ContextIsolationError);
    expect(() => claimIdentityMint()).toThrow('taken already');
  });
});
