import { inspect } from 'node:util';
import { toProblemDetails } from '@bulkhead/errors';
import { aContext } from '@bulkhead/user-context/testing';
import { UserAdministration } from '../administration/user-administration.service.ts';
import { ApiKeys } from '../api-keys/api-keys.service.ts';
import { UnauthenticatedError } from '../auth.errors.ts';
import { accountConcernedBy } from './concerned-account.ts';
import type { ProviderOptions } from '../auth.options.ts';
import { UserSessions } from '../sessions/user-sessions.service.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';
import { openTestProvider, type TestProvider } from '../testing/test-provider.ts';

/** As it is stored. */
interface Row {
  readonly action: string;
  readonly trail: object;
  readonly details: object;
}

let provider: TestProvider;
let auth: TestAuth;
let ada: Awaited<ReturnType<TestAuth['signUp']>>;

const logOf = (userId: string): Promise<Row[]> =>
  auth.database.asAdmin(async (client) => {
    const sql = 'select action, trail, details from bulkhead.audit_log where user_id = $1 order by seq';
    return (await client.query<Row>(sql, [userId])).rows;
  });
const actionsOf = async (userId: string) => (await logOf(userId)).map(({ action }) => action);
const identityOf = ({ accessToken }: { readonly accessToken: string }) =>
  auth.authenticator.authenticate(accessToken);

beforeAll(async () => {
  provider = await openTestProvider({ ben: ['staff'] });
  const options: ProviderOptions = {
    issuer: provider.issuer,
    audience: 'urn:bulkhead:test',
    algorithms: ['RS256'],
    roles: {},
    defaultRoles: ['user'],
    clockToleranceSeconds: 5,
  };
  auth = await openTestAuth({ providers: [options] });
});
afterAll(async () => {
  await provider.stop();
  await auth.close();
});
beforeEach(async () => {
  ada = await auth.signUp();
});

describe('The audit log', () => {
  it('has a sign-up and a sign-in, with where they came from', async () => {
    await auth.accounts.signIn({ ...ada, address: '203.0.113.7', userAgent: 'curl/8' });
    expect(await logOf(ada.user.userId)).toMatchObject([
      { action: 'sign_up.succeeded', details: { issuer: 'local' } },
      {
        action: 'sign_in.succeeded',
        trail: { auditMetadata: { clientIp: '203.0.113.7', userAgent: 'curl/8' } },
      },
    ]);
  });

  it('has a refresh once, however often its answer is asked for', async () => {
    await auth.accounts.refresh(ada.refreshToken);
    await auth.accounts.refresh(ada.refreshToken);
    expect(await actionsOf(ada.user.userId)).toEqual(['sign_up.succeeded', 'session.refreshed']);
  });

  it('has the end of a session that somebody else seems to use', async () => {
    const { refreshToken } = await auth.accounts.refresh(ada.refreshToken);
    await auth.accounts.refresh(refreshToken);
    await expect(auth.accounts.refresh(ada.refreshToken)).rejects.toThrow(UnauthenticatedError);
    expect((await logOf(ada.user.userId)).at(-1)).toMatchObject({
      action: 'session.ended',
      details: { reason: 'refresh_token_reuse' },
    });
  });

  it('has a sign-out once', async () => {
    const identity = await identityOf(ada);
    await auth.accounts.signOut(identity);
    await auth.accounts.signOut(identity);
    expect(await actionsOf(ada.user.userId)).toEqual(['sign_up.succeeded', 'session.ended']);
  });

  it('has a session that its user ended from another device', async () => {
    const other = await identityOf(await auth.accounts.signIn(ada));
    await auth.node.get(UserSessions, { strict: false }).end(await identityOf(ada), other.sessionId);
    expect((await logOf(ada.user.userId)).at(-1)).toMatchObject({
      action: 'session.ended',
      details: { reason: 'ended_by_user', sessionId: other.sessionId },
    });
  });

  it('has an API key from its making to its end, and never the key', async () => {
    const keys = auth.node.get(ApiKeys, { strict: false });
    const identity = await identityOf(ada);
    const made = await keys.create(identity, {
      name: 'nightly',
      permissions: ['threads:own'],
      expiresInDays: 1,
    });
    await keys.revoke(identity, made.keyId);
    expect((await actionsOf(ada.user.userId)).slice(1)).toEqual(['api_key.created', 'api_key.revoked']);
    expect(JSON.stringify(await logOf(ada.user.userId))).not.toContain(made.key);
  });

  it("has a provider's user once per sign-in, not per request", async () => {
    const token = await provider.tokenFor('ben');
    const [{ userId }] = [await auth.authenticator.authenticate(token)];
    await auth.authenticator.authenticate(token);
    expect(await logOf(userId)).toMatchObject([
      { action: 'sign_up.succeeded', details: { issuer: provider.issuer } },
      { action: 'sign_in.succeeded', details: { issuer: provider.issuer } },
    ]);
  });

  it('has what an administrator did, with the administrator', async () => {
    const root = await auth.signUp();
    await auth.startNode({ adminUserIds: [root.user.userId] });
    const administration = auth.node.get(UserAdministration, { strict: false });
    const auditMetadata = { clientIp: '203.0.113.7', userAgent: 'curl/8' };
    const actor = aContext(await identityOf(root))
      .with({ auditMetadata })
      .build();
    const { sessionId } = await identityOf(ada);
    const trail = { requestId: actor.requestId, auditMetadata };
    await administration.endSession(actor, sessionId);
    await administration.change(actor, ada.user.userId, { isDisabled: true });
    await administration.remove(actor, ada.user.userId);
    expect((await logOf(root.user.userId)).slice(-3)).toMatchObject([
      { action: 'admin.acted', trail, details: { act: 'session.ended', sessionId } },
      {
        action: 'admin.acted',
        trail,
        details: { act: 'user.changed', userId: ada.user.userId, isDisabled: true },
      },
      { action: 'admin.acted', trail, details: { act: 'user.deleted', userId: ada.user.userId } },
    ]);
  });

  it('names the account in a refusal of whoever tried to get into it, and tells the caller nothing', async () => {
    const keys = auth.node.get(ApiKeys, { strict: false });
    const owner = await identityOf(ada);
    const input = { name: 'x', permissions: ['threads:own'], expiresInDays: 1 };
    const [one, other] = [await keys.create(owner, input), await keys.create(owner, input)];
    const forged = `bhk_${one.keyId.replaceAll('-', '')}_${other.key.split('_').slice(2).join('_')}`;
    await keys.revoke(owner, other.keyId);
    const ended = await auth.accounts.signIn(ada);
    await auth.accounts.signOut(await identityOf(ended));
    const address = '203.0.113.9';
    const guess = (email: string) => auth.accounts.signIn({ email, password: 'a wrong guess', address });
    const attempts: (() => Promise<unknown>)[] = [
      // From the fourth on the password is not even looked at.
      ...Array.from({ length: 5 }, () => () => guess(ada.email)),
      () => auth.authenticator.authenticate(forged),
      () => auth.authenticator.authenticate(other.key),
      () => identityOf(ended),
    ];
    for (const attempt of attempts) {
      const refusal: unknown = await attempt().catch((error: unknown) => error);
      expect(accountConcernedBy(refusal)).toBe(ada.user.userId);
      expect(inspect(refusal, { depth: 10, showHidden: true })).not.toContain(ada.user.userId);
      expect(JSON.stringify(toProblemDetails(refusal))).not.toContain(ada.user.userId);
    }
    const stranger: unknown = await guess('nobody-at-all@bulkhead.example').catch((error: unknown) => error);
    expect(accountConcernedBy(stranger)).toBeUndefined();
  });

  it('has no password and no token', async () => {
    const again = await auth.accounts.refresh(ada.refreshToken);
    const text = JSON.stringify(await logOf(ada.user.userId));
    for (const secret of [ada.password, ada.refreshToken, ada.accessToken, again.accessToken]) {
      expect(text).not.toContain(secret);
    }
  });
});
