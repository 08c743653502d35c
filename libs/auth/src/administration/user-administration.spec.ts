import { isDeepStrictEqual } from 'node:util';
import { toProblemDetails } from '@bulkhead/errors';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { UnauthenticatedError } from '../auth.errors.ts';
import { AuthRetention } from '../sessions/auth-retention.service.ts';
import { ConnectionAuthMonitor } from '../liveness/connection-auth-monitor.service.ts';
import { UserSessions } from '../sessions/user-sessions.service.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';
import { UserAdministration } from './user-administration.service.ts';

let auth: TestAuth;
let administration: UserAdministration;
let sessions: UserSessions;
let admin: Identity;

const acting = () => aContext(admin).build();
const asAdmin = (sql: string, ...values: unknown[]) =>
  auth.database.asAdmin((client) => client.query<Record<string, unknown>>(sql, values));

beforeAll(async () => {
  auth = await openTestAuth();
  administration = auth.node.get(UserAdministration, { strict: false });
  sessions = auth.node.get(UserSessions, { strict: false });
  const { user, accessToken } = await auth.signUp();
  const node = await auth.startNode({ adminUserIds: [user.userId] });
  expect(node).toBeDefined();
  admin = await auth.authenticator.authenticate(accessToken);
});
afterAll(() => auth.close());

describe('An administrator', () => {
  it('is made by the operator, by id', () => {
    expect(admin.hasPermission('admin:write')).toBe(true);
  });

  it('finds users, newest first, in pages that meet', async () => {
    const emails = [await auth.signUp(), await auth.signUp(), await auth.signUp()].map(({ email }) => email);
    const [first] = await administration.list(1);
    const rest = await administration.list(2, { createdAt: first?.createdAt ?? '', id: first?.userId ?? '' });
    expect([first, ...rest].map((user) => user?.email)).toEqual(emails.reverse());
    expect(await administration.list(10, undefined, emails[0]?.toUpperCase())).toHaveLength(1);
  });

  it('disables and enables an account, which keeps its data', async () => {
    const { user, email, password, accessToken } = await auth.signUp();
    expect(await administration.change(acting(), user.userId, { isDisabled: true })).toMatchObject({
      isDisabled: true,
      roles: ['user'],
    });
    await expect(auth.authenticator.authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
    await expect(auth.accounts.signIn({ email, password })).rejects.toMatchObject({
      code: 'sign_in_refused',
    });
    await administration.change(acting(), user.userId, { isDisabled: false });
    await auth.accounts.signIn({ email, password });
  });

  it('promotes and demotes', async () => {
    const { user, accessToken } = await auth.signUp();
    await administration.change(acting(), user.userId, { roles: ['user', 'admin'] });
    expect((await auth.authenticator.authenticate(accessToken)).hasPermission('admin:read')).toBe(true);
    await administration.change(acting(), user.userId, { roles: ['user'] });
    expect((await auth.authenticator.authenticate(accessToken)).hasPermission('admin:read')).toBe(false);
  });

  it('deletes an account with everything of it, and its id is that of nobody', async () => {
    const { user, email, accessToken, refreshToken } = await auth.signUp();
    const { userId } = user;
    await asAdmin(`insert into bulkhead.threads (thread_id, user_id) values (gen_random_uuid(), $1)`, userId);
    await administration.remove(acting(), userId);
    await expect(auth.authenticator.authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
    await expect(auth.accounts.refresh(refreshToken)).rejects.toThrow(UnauthenticatedError);
    for (const table of ['accounts', 'sessions', 'refresh_tokens', 'threads']) {
      const { rowCount } = await asAdmin(`select from bulkhead.${table} where user_id = $1`, userId);
      expect([table, rowCount]).toEqual([table, 0]);
    }
    await expect(administration.get(userId)).rejects.toMatchObject({ code: 'not_found' });
    await expect(administration.remove(acting(), userId)).rejects.toMatchObject({ code: 'not_found' });
    await auth.accounts.signUp({ email, password: 'somebody else entirely' });
  });

  it('can neither lock out nor delete the own account', async () => {
    await expect(administration.change(acting(), admin.userId, { roles: [] })).rejects.toMatchObject({
      code: 'own_account',
    });
    await expect(administration.remove(acting(), admin.userId)).rejects.toMatchObject({
      code: 'own_account',
    });
  });

  it('ends one session of anybody, on open connections too', async () => {
    const { accessToken, user } = await auth.signUp();
    const identity = await auth.authenticator.authenticate(accessToken);
    const liveness = auth.node.get(ConnectionAuthMonitor, { strict: false });
    const ended = new Promise((resolve) => void liveness.watch(identity, resolve));
    expect(await administration.sessionsOf(user.userId, 10)).toHaveLength(1);
    await administration.endSession(acting(), identity.sessionId);
    expect(await ended).toBe('revoked');
    expect(await administration.sessionsOf(user.userId, 10)).toEqual([]);
  });

  it('leaves a record of every act', async () => {
    const { rows } = await asAdmin(
      `select details from bulkhead.audit_log where user_id = $1 and action = 'admin.acted'`,
      admin.userId,
    );
    const acts = new Set(rows.map(({ details }) => (details as { act: string }).act));
    expect(acts).toEqual(new Set(['user.changed', 'user.deleted', 'session.ended']));
  });
});

describe('A user', () => {
  it('sees the own sessions, with what they were opened by, and ends one of them', async () => {
    const { email, password, accessToken } = await auth.signUp();
    const phone = await auth.accounts.signIn({ email, password, userAgent: 'phone' });
    const identity = await auth.authenticator.authenticate(accessToken);
    const listed = await sessions.list(identity);
    expect(listed.map(({ userAgent, isCurrent }) => [userAgent, isCurrent])).toEqual([
      ['phone', false],
      [null, true],
    ]);
    await sessions.end(identity, listed[0]?.sessionId ?? '');
    await expect(auth.authenticator.authenticate(phone.accessToken)).rejects.toThrow(UnauthenticatedError);
    expect(await sessions.list(identity)).toHaveLength(1);
  });

  it('gets the same answer for a foreign, an ended and an absent session, and ends none', async () => {
    const [ada, ben] = [await auth.signUp(), await auth.signUp()];
    const identity = await auth.authenticator.authenticate(ada.accessToken);
    const foreign = await auth.authenticator.authenticate(ben.accessToken);
    const ended = (await auth.authenticator.authenticate((await auth.accounts.signIn(ada)).accessToken))
      .sessionId;
    await sessions.end(identity, ended);
    const answers = await Promise.all(
      [foreign.sessionId, ended, crypto.randomUUID()].map((sessionId) =>
        sessions.end(identity, sessionId).then(() => 'ended', toProblemDetails),
      ),
    );
    expect(answers[2]).toMatchObject({ code: 'not_found' });
    expect(answers.every((answer) => isDeepStrictEqual(answer, answers[2]))).toBe(true);
    await auth.authenticator.authenticate(ben.accessToken);
  });
});

describe('What is over', () => {
  it('is removed a week later, in batches, and nothing else is', async () => {
    const [old, fresh] = [await auth.signUp(), await auth.signUp()];
    await asAdmin(
      `insert into bulkhead.sessions (session_id, user_id, expires_at)
       select gen_random_uuid(), $1, now() - interval '8 days' from generate_series(1, 1200)`,
      old.user.userId,
    );
    expect(await auth.node.get(AuthRetention, { strict: false }).prune()).toEqual({
      sessions: 1_200,
      signingKeys: 0,
    });
    await auth.authenticator.authenticate(old.accessToken);
    await auth.accounts.refresh(fresh.refreshToken);
  });
});
