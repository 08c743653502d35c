import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Database } from '@bulkhead/persistence';
import { aContext } from '@bulkhead/user-context/testing';
import { UserAdministration } from '../administration/user-administration.service.ts';
import { ApiKeys } from '../api-keys/api-keys.service.ts';
import { AuthRetention } from '../sessions/auth-retention.service.ts';
import { IssuerUnavailableError, UnauthenticatedError } from '../auth.errors.ts';
import type { ProviderOptions } from '../auth.options.ts';
import { Authenticator } from '../authenticator.service.ts';
import { Sessions } from '../sessions/sessions.service.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';
import { openTestProvider, type TestProvider } from '../testing/test-provider.ts';

let provider: TestProvider;
let other: TestProvider;
let auth: TestAuth;
let options: ProviderOptions;

const people = { ada: ['staff', 'ops'], ben: ['staff'], eve: [], cyd: ['staff'] };
const optionsFor = ({ issuer }: TestProvider): ProviderOptions => ({
  issuer,
  audience: 'urn:bulkhead:test',
  algorithms: ['RS256'],
  roles: { ops: 'admin' },
  defaultRoles: ['user'],
  rolesClaim: 'realm_access.roles',
  clockToleranceSeconds: 5,
});
const now = () => Math.floor(Date.now() / 1000);
const tokenOf = (sub: string, claims: object, roles: readonly string[] = [], header: object = {}) =>
  provider.sign(
    {
      ...{ iss: provider.issuer, aud: 'urn:bulkhead:test', sub, iat: now(), exp: now() + 600 },
      ...{ realm_access: { roles }, ...claims },
    },
    { ...header },
  );
const asAdmin = (sql: string, ...values: unknown[]) =>
  auth.database.asAdmin((client) => client.query(sql, values));
const authenticate = (credential: unknown) => auth.authenticator.authenticate(credential);
const nodeWith = async (providers: readonly ProviderOptions[], localAccounts = true) =>
  (await auth.startNode({ providers, localAccounts })).get(Authenticator, { strict: false });

beforeAll(async () => {
  [provider, other] = [await openTestProvider(people), await openTestProvider(people)];
  options = optionsFor(provider);
  auth = await openTestAuth({ providers: [options, optionsFor(other)] });
});
afterAll(async () => {
  await Promise.all([provider.stop(), other.stop()]);
  await auth.close();
});

describe('A token of an OpenID provider', () => {
  it('opens an account at its first use, and the same account ever after, on every node', async () => {
    const first = await authenticate(await provider.tokenFor('ben'));
    const again = await (await nodeWith([options])).authenticate(await provider.tokenFor('ben'));
    expect(first).toMatchObject({ issuer: provider.issuer, roles: ['user'] });
    expect(again.userId).toBe(first.userId);
  });

  it('opens one account when it is used many times at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 8 }, () => provider.tokenFor('cyd')));
    const identities = await Promise.all([...tokens, ...tokens].map(authenticate));
    expect(new Set(identities.map(({ userId }) => userId)).size).toBe(1);
  });

  it('gives the roles that its claims are mapped to, and none that are not', async () => {
    expect((await authenticate(await provider.tokenFor('ada'))).roles).toEqual(['admin', 'user']);
    expect((await authenticate(await provider.tokenFor('eve'))).roles).toEqual(['user']);
  });

  it('gives the roles of the newest token, also to who comes with an older one afterwards', async () => {
    const at = (ago: number, roles: string[]) => {
      const iat = Math.floor(Date.now() / 1000) - ago;
      return provider.sign({
        ...{ iss: provider.issuer, aud: 'urn:bulkhead:test', sub: 'flo', sid: 'one sign-in' },
        ...{ iat, exp: iat + 600, realm_access: { roles } },
      });
    };
    const [older, newer] = [await at(60, ['ops']), await at(30, [])];
    expect((await authenticate(older)).roles).toEqual(['admin', 'user']);
    expect((await authenticate(older)).roles).toEqual(['admin', 'user']);
    expect((await authenticate(newer)).roles).toEqual(['user']);
    expect((await authenticate(older)).roles).toEqual(['user']);
  });

  it('is refused once its sign-in was ended here, the first time and later', async () => {
    const token = await provider.tokenFor('ben');
    const identity = await authenticate(token);
    await auth.node.get(Sessions, { strict: false }).signOut(identity);
    await expect(authenticate(token)).rejects.toThrow(UnauthenticatedError);
    await expect(authenticate(token)).rejects.toThrow(UnauthenticatedError);
  });

  it('costs the database two messages once it is known', async () => {
    const token = await provider.tokenFor('ada');
    await authenticate(token);
    const client = await auth.node.get(Database, { strict: false }).pool.connect();
    const query = jest.spyOn(Object.getPrototypeOf(client) as typeof client, 'query');
    client.release();
    await authenticate(token);
    expect(query).toHaveBeenCalledTimes(2);
    query.mockRestore();
  });

  it('of another provider with the same subject opens another account', async () => {
    const [one, two] = [await provider.tokenFor('ben'), await other.tokenFor('ben')];
    expect((await authenticate(one)).userId).not.toBe((await authenticate(two)).userId);
  });

  it('takes over no local account by its email', async () => {
    const local = await auth.accounts.signUp({ email: 'ada@bulkhead.example', password: 'correct horse' });
    const identity = await authenticate(await provider.tokenFor('ada'));
    expect(identity.userId).not.toBe(local.user.userId);
    expect((await auth.accounts.profile(identity)).email).toBe('ada@bulkhead.example');
    await auth.accounts.signIn({ email: 'ada@bulkhead.example', password: 'correct horse' });
  });

  it('is accepted after the provider has changed its key', async () => {
    await authenticate(await other.tokenFor('ben'));
    const old = await other.tokenFor('ben');
    await other.rotate();
    const node = await nodeWith([optionsFor(other)]);
    await node.authenticate(await other.tokenFor('ben'));
    await expect(node.authenticate(old)).rejects.toThrow(UnauthenticatedError);
  });

  it('is refused once an administrator has disabled or deleted the account, and brings none back', async () => {
    const admin = aContext(await authenticate(await tokenOf('root', { auth_time: now() }, ['ops']))).build();
    const administration = auth.node.get(UserAdministration, { strict: false });
    const token = await provider.tokenFor('eve');
    const { userId } = await authenticate(token);
    const unused = await provider.tokenFor('eve');
    await administration.change(admin, userId, { isDisabled: true });
    await expect(authenticate(token)).rejects.toThrow(UnauthenticatedError);
    await administration.change(admin, userId, { isDisabled: false });
    // The second has never been seen here: it was issued before, and kept meanwhile.
    for (const old of [token, unused]) await expect(authenticate(old)).rejects.toThrow(UnauthenticatedError);
    const later = { iat: now() + 2, exp: now() + 600 };
    expect((await authenticate(await tokenOf('eve', { ...later, jti: randomUUID() }))).userId).toBe(userId);
    await expect(administration.change(admin, userId, { roles: ['admin'] })).rejects.toMatchObject({
      code: 'roles_from_provider',
    });
    await administration.remove(admin, userId);
    await expect(authenticate(token)).rejects.toThrow(UnauthenticatedError);
    await expect(authenticate(await provider.tokenFor('eve'))).rejects.toThrow(UnauthenticatedError);
  });

  it('does not open again a sign-in that was ended with the account, however it is prolonged', async () => {
    const admin = aContext(await authenticate(await tokenOf('root', { auth_time: now() }, ['ops']))).build();
    const administration = auth.node.get(UserAdministration, { strict: false });
    const { userId, sessionId } = await authenticate(await tokenOf('kim', { sid: 'one sign-in' }));
    const end = `update bulkhead.sessions set expires_at = now() - interval '1 hour' where session_id = $1`;
    await asAdmin(end, sessionId);
    await administration.change(admin, userId, { isDisabled: true });
    await administration.change(admin, userId, { isDisabled: false });
    await asAdmin(
      `update bulkhead.sessions set revoked_at = now() - interval '8 days' where session_id = $1`,
      sessionId,
    );
    await auth.node.get(AuthRetention, { strict: false }).prune();
    const later = { iat: now() + 2, exp: now() + 600 };
    const prolonged = await tokenOf('kim', { ...later, sid: 'one sign-in' });
    await expect(authenticate(prolonged)).rejects.toThrow(UnauthenticatedError);
    await authenticate(await tokenOf('kim', { ...later, sid: 'another sign-in' }));
  });

  it('raises rights only while its user has proved a moment ago who they are', async () => {
    const administration = auth.node.get(UserAdministration, { strict: false });
    const { user } = await auth.signUp();
    await administration.change(
      aContext(await authenticate(await tokenOf('root', { auth_time: now() }, ['ops']))).build(),
      user.userId,
      { isDisabled: true },
    );
    const enableWith = async (claims: object) => {
      const identity = await authenticate(await tokenOf('root', { jti: randomUUID(), ...claims }, ['ops']));
      return administration.change(aContext(identity).build(), user.userId, { isDisabled: false });
    };
    const refused = { code: 'recent_sign_in_required' };
    // Any token of a provider that tells neither sign-ins nor their times may come from a program.
    await expect(enableWith({})).rejects.toMatchObject(refused);
    await expect(enableWith({ auth_time: now() - 700 })).rejects.toMatchObject(refused);
    await enableWith({ auth_time: now() - 60 });
    await enableWith({ sid: 'used for the first time' });
    const { sessionId } = await authenticate(await tokenOf('root', { sid: 'an old one' }, ['ops']));
    const age = `update bulkhead.sessions set signed_in_at = now() - interval '1 hour' where session_id = $1`;
    await asAdmin(age, sessionId);
    await expect(enableWith({ sid: 'an old one' })).rejects.toMatchObject(refused);
    await enableWith({ sid: 'an old one', auth_time: now() });
  });

  it('leaves no API key that outlives the trust in its provider', async () => {
    const identity = await authenticate(await provider.tokenFor('ben'));
    const keys = auth.node.get(ApiKeys, { strict: false });
    const { key } = await keys.create(identity, {
      name: 'x',
      permissions: ['threads:own'],
      expiresInDays: 1,
    });
    expect((await authenticate(key)).userId).toBe(identity.userId);
    await expect((await nodeWith([optionsFor(other)])).authenticate(key)).rejects.toThrow(
      UnauthenticatedError,
    );
  });

  it('takes from API keys, for good, what its roles no longer permit', async () => {
    const at = (ago: number, roles: string[]) =>
      tokenOf('lea', { iat: now() - ago, sid: 'one', auth_time: now() - ago }, roles);
    const identity = await authenticate(await at(60, ['ops']));
    const { key } = await auth.node.get(ApiKeys, { strict: false }).create(identity, {
      name: 'x',
      permissions: ['threads:own', 'admin:read'],
      expiresInDays: 1,
    });
    await authenticate(await at(30, []));
    await authenticate(await at(10, ['ops']));
    expect((await authenticate(key)).permissions).toEqual(['threads:own']);
  });

  it('tells the operator once what it lacks', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const mistaken = await nodeWith([{ ...options, rolesClaim: 'https://example.org/roles' }]);
    for (const person of ['ada', 'ben', 'ada']) {
      expect((await mistaken.authenticate(await provider.tokenFor(person))).roles).not.toContain('admin');
    }
    const said = warn.mock.calls.map(([text]) => String(text));
    warn.mockRestore();
    expect(said).toEqual([expect.stringContaining('has no claim "https://example.org/roles"')]);
  });

  it('of a type that is not accepted is told of once, if the provider has signed it', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const node = await nodeWith([options]);
    const [header = '', payload = ''] = (await tokenOf('ada', { scope: 'x' }, [], { typ: 'JWT' })).split('.');
    const forged = `${header}.${payload}.${Buffer.alloc(256).toString('base64url')}`;
    await expect(node.authenticate(forged)).rejects.toThrow(UnauthenticatedError);
    expect(warn).not.toHaveBeenCalled();
    for (const times of [1, 2]) {
      const token = await tokenOf('ada', { scope: 'x', jti: String(times) }, [], { typ: 'JWT' });
      await expect(node.authenticate(token)).rejects.toThrow(UnauthenticatedError);
      const relaxed = await nodeWith([{ ...options, tokenTypes: ['at+jwt', 'JWT'] }]);
      await relaxed.authenticate(token);
    }
    const said = warn.mock.calls.map(([text]) => String(text));
    warn.mockRestore();
    expect(said).toEqual([expect.stringContaining('has the type "JWT" and was refused')]);
  });

  it('is refused by a server that does not know its provider', async () => {
    const stranger = await nodeWith([]);
    await expect(stranger.authenticate(await provider.tokenFor('ben'))).rejects.toThrow(UnauthenticatedError);
  });

  it('is the only way in when local accounts are off', async () => {
    const node = await nodeWith([options], false);
    const { accessToken } = await auth.signUp();
    await expect(node.authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
    await node.authenticate(await provider.tokenFor('ben'));
  });
});

describe('While a provider is down', () => {
  it('a node that has its keys goes on, one that has not says no, and says yes again afterwards', async () => {
    const token = await other.tokenFor('ben');
    const fresh = await nodeWith([optionsFor(other)]);
    const knowing = await nodeWith([optionsFor(other)]);
    await knowing.authenticate(token);
    await other.stop();
    await expect(fresh.authenticate(token)).rejects.toThrow(IssuerUnavailableError);
    await knowing.authenticate(token);
    await other.startAgain();
    const retry = async (): Promise<unknown> => {
      try {
        return await fresh.authenticate(token);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
        return retry();
      }
    };
    await retry();
  }, 30_000);
});
