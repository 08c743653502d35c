import { Authenticator } from '../authenticator.service.ts';
import { UnauthenticatedError } from '../auth.errors.ts';
import { ConnectionAuthMonitor } from '../liveness/connection-auth-monitor.service.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';
import { ApiKeys } from './api-keys.service.ts';

let auth: TestAuth;
let keys: ApiKeys;
let elsewhere: Authenticator;

const asAdmin = (sql: string, ...values: unknown[]) =>
  auth.database.asAdmin((client) => client.query<Record<string, unknown>>(sql, values));
const signUp = async () => {
  const { accessToken } = await auth.signUp();
  return auth.authenticator.authenticate(accessToken);
};
const input = { name: 'nightly report', permissions: ['threads:own', 'runs:own'], expiresInDays: 30 };

beforeAll(async () => {
  auth = await openTestAuth();
  keys = auth.node.get(ApiKeys, { strict: false });
  elsewhere = (await auth.startNode()).get(Authenticator, { strict: false });
});
afterAll(() => auth.close());

describe('An API key', () => {
  it('authenticates as its owner on every node, with its own permissions only', async () => {
    const owner = await signUp();
    const { key, keyId } = await keys.create(owner, input);
    for (const node of [auth.authenticator, elsewhere]) {
      const identity = await node.authenticate(key);
      expect(identity).toMatchObject({ userId: owner.userId, sessionId: keyId, issuer: 'local' });
      expect([...identity.permissions].sort()).toEqual(['runs:own', 'threads:own']);
    }
  });

  it('is shown once: neither the list nor the database has it', async () => {
    const owner = await signUp();
    const { key, keyId } = await keys.create(owner, input);
    const secret = key.split('_').slice(2).join('_');
    expect(key).toMatch(/^bhk_[0-9a-f]{32}_[\w-]{43}$/);
    const listed = await keys.list(owner);
    expect(listed).toEqual([expect.objectContaining({ keyId, name: input.name, lastUsedAt: null })]);
    expect(JSON.stringify(listed)).not.toContain(secret);
    for (const table of ['api_keys', 'sessions', 'audit_log']) {
      expect(JSON.stringify((await asAdmin(`select * from bulkhead.${table}`)).rows)).not.toContain(secret);
    }
  });

  it.each([
    ['a permission that its owner lacks', ['admin:read']],
    ['the owner’s account', ['account:own']],
    ['what does not exist', ['everything']],
    ['nothing', []],
  ])('is not made for %s', async (_what, permissions) => {
    await expect(keys.create(await signUp(), { ...input, permissions })).rejects.toMatchObject({
      code: 'invalid_account',
      details: { field: 'permissions' },
    });
  });

  it('loses what its owner loses', async () => {
    const owner = await signUp();
    const { key } = await keys.create(owner, input);
    await asAdmin(`update bulkhead.accounts set roles = '{}' where user_id = $1`, owner.userId);
    expect((await auth.authenticator.authenticate(key)).permissions).toEqual([]);
  });

  it.each([
    ['revoked', 'update bulkhead.sessions set revoked_at = now() where session_id = $1'],
    ['expired', 'update bulkhead.sessions set expires_at = now() where session_id = $1'],
    [
      'of a disabled account',
      'update bulkhead.accounts set disabled_at = now() where user_id = (select user_id from bulkhead.sessions where session_id = $1)',
    ],
  ])('is refused when it is %s', async (_what, sql) => {
    const { key, keyId } = await keys.create(await signUp(), input);
    await asAdmin(sql, keyId);
    await expect(elsewhere.authenticate(key)).rejects.toThrow(UnauthenticatedError);
  });

  it('is refused with another secret, another id, or a part of it', async () => {
    const owner = await signUp();
    const [one, other] = [await keys.create(owner, input), await keys.create(owner, input)];
    const [, id = '', ...secret] = one.key.split('_');
    const forgeries = [
      `bhk_${id}_${other.key.split('_').slice(2).join('_')}`,
      `bhk_${other.keyId.replaceAll('-', '')}_${secret.join('_')}`,
      one.key.slice(0, -1),
      `${one.key}A`,
      one.key.toUpperCase(),
      `bhk_${id}_`,
      'bhk_',
      `bhk_${'0'.repeat(32)}_${'A'.repeat(43)}`,
    ];
    for (const forgery of forgeries) {
      await expect(auth.authenticator.authenticate(forgery)).rejects.toThrow(UnauthenticatedError);
    }
  });

  it('ends the connections that it has opened when it is revoked, and no others', async () => {
    const liveness = auth.node.get(ConnectionAuthMonitor, { strict: false });
    const owner = await signUp();
    const { key, keyId } = await keys.create(owner, input);
    const ended = new Promise((resolve) => {
      void auth.authenticator.authenticate(key).then((identity) => liveness.watch(identity, resolve));
    });
    const unwatch = liveness.watch(owner, () => undefined);
    await auth.authenticator.authenticate(key);
    await keys.revoke(owner, keyId);
    expect(await ended).toBe('revoked');
    liveness.assertLive(owner);
    unwatch();
  });

  it("of somebody else can't be revoked, and looks like none", async () => {
    const { key, keyId } = await keys.create(await signUp(), input);
    await expect(keys.revoke(await signUp(), keyId)).rejects.toMatchObject({ code: 'not_found' });
    await auth.authenticator.authenticate(key);
  });

  it('tells when it was used last', async () => {
    const owner = await signUp();
    const { key } = await keys.create(owner, input);
    await auth.authenticator.authenticate(key);
    const used = async (): Promise<void> => {
      const [listed] = await keys.list(owner);
      return listed?.lastUsedAt ? undefined : used();
    };
    await used();
  });

  it('works for a run that was accepted with it, within its permissions', async () => {
    const owner = await signUp();
    const { keyId } = await keys.create(owner, { ...input, permissions: ['runs:own'] });
    const identity = await auth.authenticator.identityOf({ userId: owner.userId, sessionId: keyId });
    expect(identity.permissions).toEqual(['runs:own']);
  });
});
