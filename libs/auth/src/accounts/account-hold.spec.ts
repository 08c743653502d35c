import { aContext } from '@bulkhead/user-context/testing';
import type { Identity } from '@bulkhead/user-context';
import { UserAdministration } from '../administration/user-administration.service.ts';
import { ApiKeys, MAX_API_KEYS } from '../api-keys/api-keys.service.ts';
import { UnauthenticatedError } from '../auth.errors.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';

let auth: TestAuth;
let administration: UserAdministration;
let keys: ApiKeys;
let admin: Identity;

const acting = (identity: Identity = admin) => aContext(identity).build();
const asAdmin = (sql: string, ...values: unknown[]) =>
  auth.database.asAdmin((client) => client.query<Record<string, unknown>>(sql, values));
const signUp = async () => {
  const signedIn = await auth.signUp();
  return { ...signedIn, identity: await auth.authenticator.authenticate(signedIn.accessToken) };
};
const makeAdmin = async () => {
  const { user, accessToken } = await auth.signUp();
  await asAdmin(`update bulkhead.accounts set roles = '{user,admin}' where user_id = $1`, user.userId);
  return auth.authenticator.authenticate(accessToken);
};
const signedInAgo = (sessionId: string, interval: string) =>
  asAdmin(
    `update bulkhead.sessions set signed_in_at = now() - $2::interval where session_id = $1`,
    sessionId,
    interval,
  );
const input = { name: 'report', permissions: ['threads:own'], expiresInDays: 30 };
const disableAndEnable = async (userId: string) => {
  await administration.change(acting(), userId, { isDisabled: true });
  await administration.change(acting(), userId, { isDisabled: false });
};

beforeAll(async () => {
  auth = await openTestAuth();
  administration = auth.node.get(UserAdministration, { strict: false });
  keys = auth.node.get(ApiKeys, { strict: false });
  admin = await makeAdmin();
});
afterAll(() => auth.close());

describe('Disabling an account', () => {
  it('ends its tokens, refresh tokens and API keys: enabling it revives none of them', async () => {
    const { user, accessToken, refreshToken, identity } = await signUp();
    const { key } = await keys.create(identity, input);
    await disableAndEnable(user.userId);
    await expect(auth.authenticator.authenticate(accessToken)).rejects.toThrow(UnauthenticatedError);
    await expect(auth.authenticator.authenticate(key)).rejects.toThrow(UnauthenticatedError);
    await expect(auth.accounts.refresh(refreshToken)).rejects.toThrow(UnauthenticatedError);
    expect(await keys.list(identity)).toEqual([]);
  });

  it('leaves the way in: the password opens the account that was enabled again', async () => {
    const { user, email, password } = await auth.signUp();
    await disableAndEnable(user.userId);
    const { accessToken } = await auth.accounts.signIn({ email, password });
    expect((await auth.authenticator.authenticate(accessToken)).userId).toBe(user.userId);
  });

  it('is not outrun by sign-ins, refreshes and keys that are made at the same time', async () => {
    const victims = await Promise.all(Array.from({ length: 4 }, signUp));
    for (const { user, email, password, refreshToken, identity } of victims) {
      const made = Promise.allSettled([
        auth.accounts.signIn({ email, password }).then(({ accessToken }) => accessToken),
        auth.accounts.refresh(refreshToken).then(({ accessToken }) => accessToken),
        keys.create(identity, input).then(({ key }) => key),
        keys.create(identity, input).then(({ key }) => key),
      ]);
      await administration.change(acting(), user.userId, { isDisabled: true });
      const credentials = (await made).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      await administration.change(acting(), user.userId, { isDisabled: false });
      for (const credential of credentials) {
        await expect(auth.authenticator.authenticate(credential)).rejects.toThrow(UnauthenticatedError);
      }
    }
  });

  it('waits for a credential that is being made, and ends it', async () => {
    const { user, identity } = await signUp();
    const held = await auth.database.asAdmin(async (client) => {
      await client.query('begin');
      await client.query('select from bulkhead.accounts where user_id = $1 for no key update', [user.userId]);
      const disabled = administration.change(acting(), user.userId, { isDisabled: true });
      await client.query(
        `insert into bulkhead.sessions (session_id, user_id, expires_at)
         values (gen_random_uuid(), $1, now() + interval '1 day')`,
        [user.userId],
      );
      await client.query('commit');
      return disabled;
    });
    expect(held.isDisabled).toBe(true);
    expect(await administration.sessionsOf(user.userId, 10)).toEqual([]);
    await expect(keys.create(identity, input)).rejects.toThrow(UnauthenticatedError);
  });
});

describe('A role that is taken away', () => {
  it('takes from API keys what they had by it: the role does not bring it back', async () => {
    const demoted = await makeAdmin();
    const { key } = await keys.create(demoted, { ...input, permissions: ['threads:own', 'admin:write'] });
    await administration.change(acting(), demoted.userId, { roles: ['user'] });
    await administration.change(acting(), demoted.userId, { roles: ['user', 'admin'] });
    expect((await auth.authenticator.authenticate(key)).permissions).toEqual(['threads:own']);
  });

  it('is gone from a key that is made with an identity from before', async () => {
    const demoted = await makeAdmin();
    await administration.change(acting(), demoted.userId, { roles: ['user'] });
    await expect(keys.create(demoted, { ...input, permissions: ['admin:write'] })).rejects.toThrow(
      UnauthenticatedError,
    );
  });
});

describe('What raises rights', () => {
  const raise = async (identity: Identity) => {
    const { user } = await auth.signUp();
    const { user: disabled } = await auth.signUp();
    await administration.change(acting(), disabled.userId, { isDisabled: true });
    return [
      () => administration.change(acting(identity), user.userId, { roles: ['user', 'admin'] }),
      () => administration.change(acting(identity), disabled.userId, { isDisabled: false }),
    ];
  };

  it('is done by an administrator who signed in a moment ago', async () => {
    const root = await makeAdmin();
    for (const act of await raise(root)) await act();
    await keys.create(root, { ...input, permissions: ['admin:write'] });
  });

  it('is refused to an API key, whatever it may do otherwise', async () => {
    const { key } = await keys.create(await makeAdmin(), {
      ...input,
      permissions: ['admin:read', 'admin:write'],
    });
    const identity = await auth.authenticator.authenticate(key);
    for (const act of await raise(identity)) {
      await expect(act()).rejects.toMatchObject({ code: 'recent_sign_in_required' });
    }
    const { user } = await auth.signUp();
    await administration.change(acting(identity), user.userId, { isDisabled: true });
  });

  it.each(['10 minutes', '1 hour'])('is refused to a session that signed in %s ago', async (interval) => {
    const root = await makeAdmin();
    await signedInAgo(root.sessionId, interval);
    for (const act of await raise(root)) {
      await expect(act()).rejects.toMatchObject({ code: 'recent_sign_in_required' });
    }
    await expect(keys.create(root, { ...input, permissions: ['admin:write'] })).rejects.toMatchObject({
      code: 'recent_sign_in_required',
    });
    await keys.create(root, input);
  });

  it('is refused after a refresh, which proves nothing about the person', async () => {
    const { user, accessToken, refreshToken } = await auth.signUp();
    await asAdmin(`update bulkhead.accounts set roles = '{user,admin}' where user_id = $1`, user.userId);
    const { sessionId } = await auth.authenticator.authenticate(accessToken);
    await signedInAgo(sessionId, '11 minutes');
    const refreshed = await auth.accounts.refresh(refreshToken);
    const identity = await auth.authenticator.authenticate(refreshed.accessToken);
    for (const act of await raise(identity)) {
      await expect(act()).rejects.toMatchObject({ code: 'recent_sign_in_required' });
    }
  });
});

describe('The number of API keys', () => {
  it('is exact, however many are asked for at the same time', async () => {
    const { identity } = await signUp();
    await asAdmin(
      `with opened as (
         insert into bulkhead.sessions (session_id, user_id, kind, expires_at)
         select gen_random_uuid(), $1, 'api_key', now() + interval '1 day' from generate_series(1, $2::int)
         returning session_id)
       insert into bulkhead.api_keys (session_id, user_id, name, secret_hash, permissions)
       select session_id, $1, 'key', 'none', '{threads:own}' from opened`,
      identity.userId,
      MAX_API_KEYS - 3,
    );
    const asked = await Promise.allSettled(Array.from({ length: 12 }, () => keys.create(identity, input)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await keys.list(identity)).toHaveLength(MAX_API_KEYS);
  });
});
