import { jest } from '@jest/globals';
import { Database } from '@bulkhead/persistence';
import { Identity } from '@bulkhead/user-context';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { UnauthenticatedError } from './auth.errors.ts';
import { Authenticator } from './authenticator.service.ts';
import { permissionsOf } from './permissions.ts';
import { openTestAuth, type TestAuth } from './testing/index.ts';
import { openTokenForge } from './testing/token-forge.ts';

let auth: TestAuth;

const asAdmin = (sql: string, ...values: unknown[]) =>
  auth.database.asAdmin((client) => client.query(sql, values));
const authenticate = (token: string) => auth.authenticator.authenticate(token);

beforeAll(async () => {
  auth = await openTestAuth();
});
afterAll(() => auth.close());

describe('An access token', () => {
  it('has the documented form', async () => {
    const { accessToken, accessTokenExpiresAt, user } = await auth.signUp();
    expect(decodeProtectedHeader(accessToken)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: expect.any(String) as string,
    });
    const claims = decodeJwt(accessToken);
    expect(claims).toEqual({
      iss: 'urn:bulkhead:local',
      aud: 'bulkhead',
      sub: user.userId,
      sid: expect.any(String) as string,
      jti: expect.any(String) as string,
      iat: expect.any(Number) as number,
      exp: expect.any(Number) as number,
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
    expect(new Date((claims.exp ?? 0) * 1000).toISOString()).toBe(accessTokenExpiresAt);
  });

  it('gives the identity of its user, minted by the one mint', async () => {
    const { accessToken, accessTokenExpiresAt, user } = await auth.signUp();
    const identity = await authenticate(accessToken);
    expect(Identity.verify(identity)).toMatchObject({
      userId: user.userId,
      sessionId: decodeJwt(accessToken)['sid'],
      roles: ['user'],
      permissions: permissionsOf(['user']),
      issuer: 'local',
      expiresAt: Date.parse(accessTokenExpiresAt),
    });
  });

  it('is accepted by every node', async () => {
    const { accessToken, user } = await auth.signUp();
    const other = (await auth.startNode()).get(Authenticator, { strict: false });
    expect(other).not.toBe(auth.authenticator);
    expect((await other.authenticate(accessToken)).userId).toBe(user.userId);
  });

  it('is refused at once when its session is revoked', async () => {
    const { accessToken } = await auth.signUp();
    const { sessionId } = await authenticate(accessToken);
    await asAdmin('update bulkhead.sessions set revoked_at = now() where session_id = $1', sessionId);
    await expect(authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
  });

  it('is refused when its session has expired, and its identity does not outlive the session', async () => {
    const { accessToken } = await auth.signUp();
    const { sessionId } = await authenticate(accessToken);
    const set = 'update bulkhead.sessions set expires_at = $2 where session_id = $1';
    const soon = new Date(Date.now() + 60_000);
    await asAdmin(set, sessionId, soon);
    expect((await authenticate(accessToken)).expiresAt).toBe(soon.getTime());
    await asAdmin(set, sessionId, new Date(Date.now() - 1));
    await expect(authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
  });

  it('is refused at once when its account is disabled, and accepted when it is enabled again', async () => {
    const { accessToken, user } = await auth.signUp();
    await asAdmin('update bulkhead.accounts set disabled_at = now() where user_id = $1', user.userId);
    await expect(authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
    await asAdmin('update bulkhead.accounts set disabled_at = null where user_id = $1', user.userId);
    expect((await authenticate(accessToken)).userId).toBe(user.userId);
  });

  it('is refused when its account is gone', async () => {
    const { accessToken, user } = await auth.signUp();
    await asAdmin('delete from bulkhead.accounts where user_id = $1', user.userId);
    await expect(authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
  });

  it('gives the roles of the account as they are now', async () => {
    const { accessToken, user } = await auth.signUp();
    const setRoles = 'update bulkhead.accounts set roles = $2 where user_id = $1';
    await asAdmin(setRoles, user.userId, ['user', 'admin']);
    expect((await authenticate(accessToken)).hasPermission('admin:read')).toBe(true);
    await asAdmin(setRoles, user.userId, ['user']);
    expect((await authenticate(accessToken)).hasPermission('admin:read')).toBe(false);
  });

  it('gives no role or permission that it claims itself', async () => {
    const { accessToken } = await auth.signUp();
    const forge = await openTokenForge(auth, accessToken);
    const claims = { roles: ['admin'], permissions: ['admin:read'], scope: 'admin:read' };
    const identity = await authenticate(await forge.sign({ claims }));
    expect(identity.roles).toEqual(['user']);
    expect(identity.hasPermission('admin:read')).toBe(false);
  });

  it('costs the database one message', async () => {
    const { accessToken } = await auth.signUp();
    await authenticate(accessToken);
    const { pool } = auth.node.get(Database, { strict: false });
    const client = await pool.connect();
    const query = jest.spyOn(Object.getPrototypeOf(client) as typeof client, 'query');
    client.release();
    await authenticate(accessToken);
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
  });
});

describe('The identity behind an accepted run', () => {
  const ids = async (token: string) => {
    const { userId, sessionId } = await authenticate(token);
    return { userId, sessionId };
  };

  it('is that of the account now, for an hour', async () => {
    const { accessToken, user } = await auth.signUp();
    const run = await ids(accessToken);
    await asAdmin(`update bulkhead.accounts set roles = '{admin}' where user_id = $1`, user.userId);
    const before = Date.now();
    const identity = await auth.authenticator.identityOf(run);
    expect(Identity.verify(identity)).toMatchObject({ ...run, roles: ['admin'], issuer: 'local' });
    expect(identity.expiresAt).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(identity.expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });

  it('outlives a sign-out and the end of the session', async () => {
    const { accessToken, user } = await auth.signUp();
    const identity = await authenticate(accessToken);
    await auth.accounts.signOut(identity);
    await asAdmin('update bulkhead.sessions set expires_at = now() where user_id = $1', user.userId);
    expect((await auth.authenticator.identityOf(identity)).userId).toBe(user.userId);
  });

  it('may do nothing once the account is disabled, and does not outlive it', async () => {
    const { accessToken, user } = await auth.signUp();
    const run = await ids(accessToken);
    await asAdmin('update bulkhead.accounts set disabled_at = now() where user_id = $1', user.userId);
    expect(await auth.authenticator.identityOf(run)).toMatchObject({ roles: [], permissions: [] });
    await asAdmin('delete from bulkhead.accounts where user_id = $1', user.userId);
    await expect(auth.authenticator.identityOf(run)).rejects.toThrow(UnauthenticatedError);
  });

  it("is not made from another user's session, nor from what is no id", async () => {
    const ada = await ids((await auth.signUp()).accessToken);
    const ben = await ids((await auth.signUp()).accessToken);
    for (const forged of [
      { userId: ada.userId, sessionId: ben.sessionId },
      { userId: 'admin', sessionId: ada.sessionId },
      { userId: ada.userId, sessionId: "' or true --" },
      { userId: ada.userId, sessionId: undefined as never },
    ]) {
      await expect(auth.authenticator.identityOf(forged)).rejects.toThrow(UnauthenticatedError);
    }
  });
});
