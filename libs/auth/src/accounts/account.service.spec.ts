import { type Identity } from '@bulkhead/user-context';
import { anIdentity } from '@bulkhead/user-context/testing';
import {
  EmailTakenError,
  InvalidAccountError,
  SignInRefusedError,
  UnauthenticatedError,
} from '../auth.errors.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';

let auth: TestAuth;
const password = 'correct horse battery';

const asAdmin = (sql: string, ...values: unknown[]) =>
  auth.database.asAdmin((client) => client.query<Record<string, unknown>>(sql, values));
const authenticate = (token: string) => auth.authenticator.authenticate(token);
const accountsOf = async (email: string) => {
  const { rows } = await asAdmin('select * from bulkhead.accounts where lower(email) = lower($1)', email);
  return rows;
};

beforeAll(async () => {
  auth = await openTestAuth();
});
afterAll(() => auth.close());

describe('Signing up', () => {
  it('makes an account with the role user, and signs it in', async () => {
    const signedIn = await auth.accounts.signUp({
      email: 'Ada@Bulkhead.example',
      password,
      displayName: ' Ada ',
    });
    expect(signedIn).toEqual({
      user: {
        userId: expect.any(String) as string,
        email: 'Ada@Bulkhead.example',
        displayName: 'Ada',
        roles: ['user'],
      },
      accessToken: expect.any(String) as string,
      accessTokenExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      refreshToken: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string,
    });
    expect((await authenticate(signedIn.accessToken)).userId).toBe(signedIn.user.userId);
  });

  it('names somebody without a display name after their email', async () => {
    const { user } = await auth.accounts.signUp({ email: 'grace.hopper@bulkhead.example', password });
    expect(user.displayName).toBe('grace.hopper');
  });

  it('stores neither the password nor the refresh token, only their hashes', async () => {
    const { refreshToken } = await auth.accounts.signUp({ email: 'hash@bulkhead.example', password });
    const [account] = await accountsOf('hash@bulkhead.example');
    expect(account?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const { rows } = await asAdmin('select * from bulkhead.refresh_tokens');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify([account, rows])).not.toContain(password);
    expect(JSON.stringify([account, rows])).not.toContain(refreshToken);
  });

  it.each(['taken@bulkhead.example', 'TAKEN@bulkhead.EXAMPLE', '  taken@bulkhead.example '])(
    'is refused for an email that has an account: %j',
    async (email) => {
      await auth.accounts
        .signUp({ email: 'taken@bulkhead.example', password })
        .catch((error: unknown) => expect(error).toBeInstanceOf(EmailTakenError));
      const again = auth.accounts.signUp({ email, password: 'another password' });
      await expect(again).rejects.toMatchObject({ code: 'email_taken', kind: 'conflict' });
      expect(await accountsOf('taken@bulkhead.example')).toHaveLength(1);
    },
  );

  it('at the same time with the same email succeeds once', async () => {
    const emails = ['race@bulkhead.example', 'RACE@bulkhead.example', 'Race@bulkhead.example'];
    const outcomes = await Promise.allSettled(
      emails.map((email) => auth.accounts.signUp({ email, password })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(EmailTakenError);
    }
    expect(await accountsOf('race@bulkhead.example')).toHaveLength(1);
  });

  it.each([
    ['email', { email: 'not an email', password }],
    ['password', { email: 'rules@bulkhead.example', password: 'too short' }],
    ['displayName', { email: 'rules@bulkhead.example', password, displayName: '' }],
  ])('names the field whose rule is broken: %s', async (field, input) => {
    const refusal = await auth.accounts.signUp(input).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidAccountError);
    expect(refusal).toMatchObject({ kind: 'invalid', details: { field } });
    expect(await accountsOf('rules@bulkhead.example')).toEqual([]);
  });

  it('takes no role from the input', async () => {
    const input = { email: 'smuggler@bulkhead.example', password, roles: ['admin'], userId: 'x' };
    expect((await auth.accounts.signUp(input)).user.roles).toEqual(['user']);
  });
});

describe('Signing in', () => {
  it.each(['', ' '])('opens a session of its own (%j around the email)', async (space) => {
    const { email, password: own, ...first } = await auth.signUp();
    const second = await auth.accounts.signIn({
      email: `${space}${email.toUpperCase()}${space}`,
      password: own,
    });
    expect(second.user).toEqual(first.user);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    const sessions = await Promise.all([first, second].map(({ accessToken }) => authenticate(accessToken)));
    expect(sessions[0]?.sessionId).not.toBe(sessions[1]?.sessionId);
  });

  it('takes a password in whatever Unicode form it was typed', async () => {
    const email = 'unicode@bulkhead.example';
    await auth.accounts.signUp({ email, password: 'Ångström ﬁle' });
    const decomposed = 'Ångström ﬁle'.normalize('NFD');
    expect((await auth.accounts.signIn({ email, password: decomposed })).user.email).toBe(email);
    expect((await auth.accounts.signIn({ email, password: 'Ångström file' })).user.email).toBe(email);
  });

  it('is refused alike for an unknown email, a wrong password and a disabled account', async () => {
    const { email, password: own } = await auth.signUp();
    const disabled = await auth.signUp();
    await asAdmin('update bulkhead.accounts set disabled_at = now() where email = $1', disabled.email);
    const refusals = await Promise.all(
      [
        { email: 'nobody@bulkhead.example', password: own },
        { email, password: `${own} ` },
        { email, password: own.toUpperCase() },
        { email: disabled.email, password: disabled.password },
      ].map((input) => auth.accounts.signIn(input).catch((error: unknown) => error)),
    );
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(SignInRefusedError);
      expect({ ...(refusal as object) }).toEqual({ ...(refusals[0] as object) });
      expect((refusal as Error).message).toBe((refusals[0] as Error).message);
    }
  });

  it('is refused for an account that has no password', async () => {
    const { userId } = await auth.database.signUp();
    const { rows } = await asAdmin('select email from bulkhead.accounts where user_id = $1', userId);
    const input = { email: String(rows[0]?.['email']), password: '-' };
    await expect(auth.accounts.signIn(input)).rejects.toThrow(SignInRefusedError);
  });
});

describe('Signing out', () => {
  it('ends the session on this device at once, with its refresh token, and no other', async () => {
    const { email, password: own, ...first } = await auth.signUp();
    const second = await auth.accounts.signIn({ email, password: own });
    await auth.accounts.signOut(await authenticate(first.accessToken));
    await expect(authenticate(first.accessToken)).rejects.toThrow(UnauthenticatedError);
    await expect(auth.accounts.refresh(first.refreshToken)).rejects.toThrow(UnauthenticatedError);
    expect((await authenticate(second.accessToken)).userId).toBe(first.user.userId);
    await auth.accounts.refresh(second.refreshToken);
  });

  it('is recorded with its time and reason, and doing it again changes nothing', async () => {
    const { accessToken } = await auth.signUp();
    const identity = await authenticate(accessToken);
    const recorded = async () =>
      (await asAdmin('select * from bulkhead.sessions where session_id = $1', identity.sessionId)).rows[0];
    await auth.accounts.signOut(identity);
    const first = await recorded();
    expect(first).toMatchObject({ revoked_reason: 'sign_out', revoked_at: expect.any(Date) as Date });
    await auth.accounts.signOut(identity);
    expect(await recorded()).toEqual(first);
  });

  it('takes a minted identity', async () => {
    const identity = await authenticate((await auth.signUp()).accessToken);
    const lookAlike = { ...identity } as Identity;
    await expect(auth.accounts.signOut(lookAlike)).rejects.toMatchObject({ code: 'context_isolation' });
    await expect(auth.accounts.profile(lookAlike)).rejects.toMatchObject({ code: 'context_isolation' });
  });
});

describe('A profile', () => {
  it("is the identity's own, and shows no hash", async () => {
    const { accessToken, user } = await auth.signUp();
    await auth.signUp();
    expect(await auth.accounts.profile(await authenticate(accessToken))).toEqual(user);
    expect(Object.keys(user).sort()).toEqual(['displayName', 'email', 'roles', 'userId']);
  });

  it('is refused when the account is gone', async () => {
    const stranger = anIdentity();
    await expect(auth.accounts.profile(stranger)).rejects.toThrow(UnauthenticatedError);
  });
});
