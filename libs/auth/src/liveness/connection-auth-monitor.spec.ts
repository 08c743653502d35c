import { setTimeout as delay } from 'node:timers/promises';
import { AccountTransactions, accounts, DatabaseUnavailableError } from '@bulkhead/persistence';
import { anIdentity } from '@bulkhead/user-context/testing';
import { AccountService } from '../accounts/account.service.ts';
import { UnauthenticatedError } from '../auth.errors.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';
import { ConnectionAuthMonitor } from './connection-auth-monitor.service.ts';

let auth: TestAuth;
let liveness: ConnectionAuthMonitor;
/** Another node on the same database: what happens there must count here. */
let elsewhere: AccountService;

const asAdmin = (sql: string, values: unknown[] = []) =>
  auth.database.asAdmin((client) => client.query(sql, values));

/** A signed-in user whose connection is watched. */
const connect = async () => {
  const { accessToken, user } = await auth.signUp();
  const identity = await auth.authenticator.authenticate(accessToken);
  const ends: string[] = [];
  const unwatch = liveness.watch(identity, (reason) => ends.push(reason));
  return { identity, userId: user.userId, ends, unwatch };
};
/** Settles when the condition holds; a spec that waits in vain times out. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(5);
};
const refusalOf = (work: () => unknown): unknown => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
};

beforeAll(async () => {
  auth = await openTestAuth();
  liveness = auth.node.get(ConnectionAuthMonitor, { strict: false });
  elsewhere = (await auth.startNode()).get(AccountService, { strict: false });
});
afterAll(() => auth.close());

describe('A connected identity', () => {
  it('may act, and stays the same object, as long as nothing changes', async () => {
    const { identity, ends } = await connect();
    expect(liveness.current(identity)).toBe(identity);
    await asAdmin(`select pg_notify('bulkhead_revocations', $1)`, [identity.userId]);
    await delay(50);
    liveness.assertLive(identity);
    expect(ends).toEqual([]);
  });

  it('is ended when it signs out on another node', async () => {
    const { identity, ends } = await connect();
    await elsewhere.signOut(identity);
    await until(() => ends.length > 0);
    expect(ends).toEqual(['revoked']);
    expect(refusalOf(() => liveness.assertLive(identity))).toBeInstanceOf(UnauthenticatedError);
  });

  it.each([
    ['disabled', 'update bulkhead.accounts set disabled_at = now() where user_id = $1'],
    ['deleted', 'delete from bulkhead.accounts where user_id = $1'],
    [
      'signed out by hand in the database',
      'update bulkhead.sessions set revoked_at = now() where user_id = $1',
    ],
  ])('is ended when its user is %s', async (_what, sql) => {
    const { identity, userId, ends } = await connect();
    await asAdmin(sql, [userId]);
    await until(() => ends.length > 0);
    expect(ends).toEqual(['revoked']);
    expect(refusalOf(() => liveness.current(identity))).toBeInstanceOf(UnauthenticatedError);
  });

  it('has the permissions of its new roles at once, and stays connected', async () => {
    const { identity, userId, ends } = await connect();
    await asAdmin(`update bulkhead.accounts set roles = '{user,admin}' where user_id = $1`, [userId]);
    await until(() => liveness.current(identity).hasPermission('admin:read'));
    const promoted = liveness.current(identity);
    expect(promoted).toMatchObject({ userId, sessionId: identity.sessionId, expiresAt: identity.expiresAt });
    await asAdmin(`update bulkhead.accounts set roles = '{user}' where user_id = $1`, [userId]);
    await until(() => !liveness.current(promoted).hasPermission('admin:read'));
    expect(ends).toEqual([]);
  });

  it('is ended when its new roles no longer permit what it is connected for', async () => {
    const { userId, ends } = await connect();
    await asAdmin(`update bulkhead.accounts set roles = '{}' where user_id = $1`, [userId]);
    await until(() => ends.length > 0);
    expect(ends).toEqual(['role_changed']);
  });

  it('is ended when it was revoked after it authenticated, and before it was watched', async () => {
    const identity = await auth.authenticator.authenticate((await auth.signUp()).accessToken);
    await elsewhere.signOut(identity);
    await delay(50);
    const ends: string[] = [];
    liveness.watch(identity, (reason) => ends.push(reason));
    await until(() => ends.length > 0);
    expect(ends).toEqual(['revoked']);
  });

  it('is ended when it expires, and refused from that moment on', async () => {
    const { identity } = await connect();
    const brief = anIdentity({ ...identity, expiresAt: Date.now() + 300 });
    const ends: string[] = [];
    liveness.watch(brief, (reason) => ends.push(reason));
    await until(() => brief.isExpired());
    expect(refusalOf(() => liveness.assertLive(brief))).toBeInstanceOf(UnauthenticatedError);
    await until(() => ends.length > 0);
    expect(ends).toEqual(['token_expired']);
    liveness.assertLive(identity);
  });

  it('is refused when nobody watches it, before and after', async () => {
    const { identity, unwatch } = await connect();
    const stranger = await auth.authenticator.authenticate((await auth.signUp()).accessToken);
    expect(refusalOf(() => liveness.assertLive(stranger))).toBeInstanceOf(UnauthenticatedError);
    unwatch();
    expect(refusalOf(() => liveness.assertLive(identity))).toBeInstanceOf(UnauthenticatedError);
  });

  it('takes others of its user along only when it is the user who is gone', async () => {
    const first = await connect();
    const second = await connect();
    await elsewhere.signOut(first.identity);
    await until(() => first.ends.length > 0);
    liveness.assertLive(second.identity);
    expect(second.ends).toEqual([]);
  });
});

describe('The record of connections', () => {
  it('ends a thousand of them at one word, each once, and keeps none', async () => {
    const { identity, userId } = await connect();
    const before = liveness.watched;
    let ended = 0;
    const unwatch = Array.from({ length: 1_000 }, () => liveness.watch(identity, () => (ended += 1)));
    expect(liveness.watched).toBe(before + 1_000);
    await asAdmin('update bulkhead.accounts set disabled_at = now() where user_id = $1', [userId]);
    await until(() => ended > 0);
    for (const letGo of unwatch) letGo();
    expect(ended).toBe(1_000);
    expect(liveness.watched).toBe(before - 1);
  });

  it('goes on when a connection fails to end', async () => {
    const { identity } = await connect();
    const ends: string[] = [];
    liveness.watch(identity, () => {
      throw new Error('It was gone already.');
    });
    liveness.watch(identity, (reason) => ends.push(reason));
    await elsewhere.signOut(identity);
    await until(() => ends.length > 0);
  });
});

describe('When notifications are not heard', () => {
  it('a revocation is found when listening begins again', async () => {
    const { userId, ends } = await connect();
    await auth.database.asAdmin(async (client) => {
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%'`);
      await client.query(`set session_replication_role = replica`);
      await client.query('update bulkhead.accounts set disabled_at = now() where user_id = $1', [userId]);
    });
    await until(() => ends.length > 0);
    expect(ends).toEqual(['revoked']);
  });

  it('a revocation that nobody announced is found by the sweep', async () => {
    const { userId, ends } = await connect();
    await auth.database.asAdmin(async (client) => {
      await client.query(`set session_replication_role = replica`);
      await client.query('update bulkhead.accounts set disabled_at = now() where user_id = $1', [userId]);
    });
    await until(() => ends.length > 0);
    expect(ends).toEqual(['revoked']);
  }, 30_000);

  it('the answer is no while the database is away, and yes again afterwards', async () => {
    const { identity, ends } = await connect();
    await asAdmin('alter role bulkhead_login nologin');
    await asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bulkhead_login'`);
    const isRefused = () =>
      refusalOf(() => liveness.assertLive(identity)) instanceof DatabaseUnavailableError;
    await until(isRefused);
    expect(refusalOf(() => liveness.current(identity))).toBeInstanceOf(DatabaseUnavailableError);
    await asAdmin('alter role bulkhead_login login');
    await until(() => !isRefused());
    liveness.assertLive(identity);
    expect(ends).toEqual([]);
  }, 30_000);
});

describe('The database', () => {
  it.each([
    ['a session is ended', 'update bulkhead.sessions set revoked_at = now() where user_id = $1'],
    ['an account is disabled', 'update bulkhead.accounts set disabled_at = now() where user_id = $1'],
    ['roles are taken away', "update bulkhead.accounts set roles = '{}' where user_id = $1"],
    ['an account is deleted', 'delete from bulkhead.accounts where user_id = $1'],
  ])('announces that %s, whoever does it', async (_what, change) => {
    const { userId } = await connect();
    const heard = await auth.database.asAdmin(async (admin) => {
      const payloads: unknown[] = [];
      admin.on('notification', ({ payload }) => payloads.push(payload));
      await admin.query('listen bulkhead_revocations');
      await admin.query(change, [userId]);
      // What a connection is told comes before its next answer.
      await admin.query('select');
      return payloads;
    });
    expect(heard).toContain(userId);
  });

  it('announces a change of rights only when it is committed', async () => {
    const { identity, userId, ends } = await connect();
    const transactions = auth.node.get(AccountTransactions, { strict: false });
    await transactions
      .run(async (db) => {
        await db.update(accounts).set({ disabledAt: new Date() });
        throw new Error('Taken back.');
      })
      .catch(() => undefined);
    await delay(50);
    expect(ends).toEqual([]);
    liveness.assertLive(identity);
    expect(userId).toBe(identity.userId);
  });
});
