import { jest } from '@jest/globals';
import { Database } from '@bulkhead/persistence';
import { aContext } from '@bulkhead/user-context/testing';
import { UserAdministration } from '../administration/user-administration.service.ts';
import { IssuerUnavailableError, UnauthenticatedError } from '../auth.errors.ts';
import type { ProviderOptions } from '../auth.options.ts';
import { Authenticator } from '../authenticator.service.ts';
import { Sessions } from '../sessions.service.ts';
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
    const admin = aContext(await authenticate(await provider.tokenFor('ada'))).build();
    const administration = auth.node.get(UserAdministration, { strict: false });
    const token = await provider.tokenFor('eve');
    const { userId } = await authenticate(token);
    await administration.change(admin, userId, { isDisabled: true });
    await expect(authenticate(token)).rejects.toThrow(UnauthenticatedError);
    await administration.change(admin, userId, { isDisabled: false });
    await authenticate(token);
    await expect(administration.change(admin, userId, { roles: ['admin'] })).rejects.toMatchObject({
      code: 'roles_from_provider',
    });
    await administration.remove(admin, userId);
    await expect(authenticate(token)).rejects.toThrow(UnauthenticatedError);
    await expect(authenticate(await provider.tokenFor('eve'))).rejects.toThrow(UnauthenticatedError);
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
