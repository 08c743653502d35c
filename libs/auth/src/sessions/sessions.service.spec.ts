import { UnauthenticatedError } from '../auth.errors.ts';
import { AccountService } from '../accounts/account.service.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';

let auth: TestAuth;

const asAdmin = (sql: string, ...values: unknown[]) =>
  auth.database.asAdmin((client) => client.query<Record<string, unknown>>(sql, values));
const refresh = (token: unknown) => auth.accounts.refresh(token);
const sessionOf = async (userId: string) =>
  (await asAdmin('select * from bulkhead.sessions where user_id = $1', userId)).rows[0];

beforeAll(async () => {
  auth = await openTestAuth();
});
afterAll(() => auth.close());

describe('A refresh', () => {
  it('gives new tokens of the same session, again and again', async () => {
    const first = await auth.signUp();
    const second = await refresh(first.refreshToken);
    const third = await refresh(second.refreshToken);
    expect(third.user).toEqual(first.user);
    expect(new Set([first, second, third].map((it) => it.refreshToken)).size).toBe(3);
    expect(new Set([first, second, third].map((it) => it.accessToken)).size).toBe(3);
    const sessions = await Promise.all(
      [first, second, third].map(async ({ accessToken }) => auth.authenticator.authenticate(accessToken)),
    );
    expect(new Set(sessions.map(({ sessionId }) => sessionId)).size).toBe(1);
  });

  it('does not prolong the session', async () => {
    const { refreshToken, user } = await auth.signUp();
    const before = await sessionOf(user.userId);
    await refresh(refreshToken);
    expect((await sessionOf(user.userId))?.['expires_at']).toEqual(before?.['expires_at']);
    const days = Number(before?.['expires_at']) - Number(before?.['created_at']);
    expect(days / 86_400_000).toBeCloseTo(30, 1);
  });

  it('shows the roles as they are now', async () => {
    const { refreshToken, user } = await auth.signUp();
    await asAdmin(`update bulkhead.accounts set roles = '{user,admin}' where user_id = $1`, user.userId);
    expect((await refresh(refreshToken)).user.roles).toEqual(['user', 'admin']);
  });

  it.each([
    ['an unknown token', 'A'.repeat(43)],
    ['an empty token', ''],
    ['a long token', 'A'.repeat(100_000)],
    ['a token with a NUL', `${'A'.repeat(42)}\0`],
    ['a stored hash', 'a'.repeat(64)],
    ['nothing', undefined],
    ['an object', { $ne: null }],
    ['a list', ['A'.repeat(43)]],
  ])('is refused for %s', async (_what, token) => {
    await expect(refresh(token)).rejects.toThrow(UnauthenticatedError);
  });

  it('is refused for an access token', async () => {
    await expect(refresh((await auth.signUp()).accessToken)).rejects.toThrow(UnauthenticatedError);
  });

  it.each([
    ['of an expired session', 'update bulkhead.sessions set expires_at = now() where user_id = $1'],
    ['of a revoked session', 'update bulkhead.sessions set revoked_at = now() where user_id = $1'],
    ['of a disabled account', 'update bulkhead.accounts set disabled_at = now() where user_id = $1'],
    ['of an account that is gone', 'delete from bulkhead.accounts where user_id = $1'],
  ])('is refused for a token %s', async (_what, sql) => {
    const { refreshToken, user } = await auth.signUp();
    await asAdmin(sql, user.userId);
    await expect(refresh(refreshToken)).rejects.toThrow(UnauthenticatedError);
  });
});

/** As if the token's first use were long ago. */
const forgetGrace = (userId: string) =>
  asAdmin(
    `update bulkhead.refresh_tokens set used_at = used_at - interval '11 s' where user_id = $1`,
    userId,
  );

describe('A refresh whose answer was lost', () => {
  it('can be repeated: the same token gives the same successor, which is good', async () => {
    const { refreshToken, user } = await auth.signUp();
    const answers = [await refresh(refreshToken), await refresh(refreshToken), await refresh(refreshToken)];
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    expect(await sessionOf(user.userId)).toMatchObject({ revoked_at: null });
    for (const { accessToken } of answers) await auth.authenticator.authenticate(accessToken);
    await refresh(answers[0]?.refreshToken);
  });

  it('leaves nothing in the database that a refresh token could be made of', async () => {
    const { refreshToken } = await auth.signUp();
    const { refreshToken: successor } = await refresh(refreshToken);
    const { rows } = await asAdmin('select * from bulkhead.refresh_tokens');
    expect(JSON.stringify(rows)).not.toContain(successor);
    for (const { successor_salt: salt } of rows) {
      if (typeof salt === 'string') await expect(refresh(salt)).rejects.toThrow(UnauthenticatedError);
    }
  });

  it('is theft once somebody has used the successor, and a thief who was as quick is found out by that', async () => {
    const { refreshToken, user } = await auth.signUp();
    const owner = await refresh(refreshToken);
    const thief = await refresh(refreshToken);
    const next = await refresh(owner.refreshToken);
    await refresh(next.refreshToken);
    await expect(refresh(thief.refreshToken)).rejects.toThrow(UnauthenticatedError);
    expect(await sessionOf(user.userId)).toMatchObject({ revoked_reason: 'refresh_token_reuse' });
  });
});

describe('A refresh token that comes a second time', () => {
  it('ends the whole session, for good, although the caller gets an error', async () => {
    const { refreshToken, accessToken, user } = await auth.signUp();
    const newest = await refresh(refreshToken);
    await forgetGrace(user.userId);
    await expect(refresh(refreshToken)).rejects.toThrow(UnauthenticatedError);
    expect(await sessionOf(user.userId)).toMatchObject({
      revoked_at: expect.any(Date) as Date,
      revoked_reason: 'refresh_token_reuse',
    });
    await expect(refresh(newest.refreshToken)).rejects.toThrow(UnauthenticatedError);
    for (const token of [accessToken, newest.accessToken]) {
      await expect(auth.authenticator.authenticate(token)).rejects.toThrow(UnauthenticatedError);
    }
  });

  it("ends neither another session of the user nor another user's", async () => {
    const { email, password, refreshToken, user } = await auth.signUp();
    const others = [await auth.accounts.signIn({ email, password }), await auth.signUp()];
    await refresh(refreshToken);
    await forgetGrace(user.userId);
    await expect(refresh(refreshToken)).rejects.toThrow(UnauthenticatedError);
    for (const other of others) await refresh(other.refreshToken);
  });

  it('is noticed however much later', async () => {
    const { refreshToken, user } = await auth.signUp();
    let newest = await refresh(refreshToken);
    for (let round = 0; round < 5; round += 1) newest = await refresh(newest.refreshToken);
    await expect(refresh(refreshToken)).rejects.toThrow(UnauthenticatedError);
    expect(await sessionOf(user.userId)).toMatchObject({ revoked_reason: 'refresh_token_reuse' });
  });

  it('does not overwrite why the session ended before', async () => {
    const { refreshToken, user } = await auth.signUp();
    const { accessToken } = await refresh(refreshToken);
    await auth.accounts.signOut(await auth.authenticator.authenticate(accessToken));
    await expect(refresh(refreshToken)).rejects.toThrow(UnauthenticatedError);
    expect(await sessionOf(user.userId)).toMatchObject({ revoked_reason: 'sign_out' });
  });
});

describe('Simultaneous refreshes with one token', () => {
  it.each([2, 8])('all give the one successor, over two nodes (%i at a time)', async (times) => {
    const other = (await auth.startNode()).get(AccountService, { strict: false });
    const { refreshToken, user } = await auth.signUp();
    const answers = await Promise.all(
      Array.from({ length: times }, (_, index) =>
        (index % 2 === 0 ? auth.accounts : other).refresh(refreshToken),
      ),
    );
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    expect(await sessionOf(user.userId)).toMatchObject({ revoked_at: null });
  });
});
