import { inspect } from 'node:util';
import { AccountTransactions, refreshTokens, signingKeys } from '@bulkhead/persistence';
import { SigningKeys } from './tokens/signing-keys.service.ts';
import { openTestAuth, type TestAuth } from './testing/index.ts';
import { refreshTokenHash } from './tokens/refresh-token.ts';

let auth: TestAuth;

const asAdmin = (sql: string) => auth.database.asAdmin((client) => client.query<Record<string, string>>(sql));
/** All that a log could show of what was thrown: every property, cause and stack, hidden ones too. */
const everythingIn = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('It was to fail.')),
    (error: unknown) => inspect(error, { depth: Infinity, showHidden: true, maxStringLength: Infinity }),
  );

beforeAll(async () => {
  auth = await openTestAuth();
});
afterAll(() => auth.close());

describe('An error never shows', () => {
  it('the token that was refused', async () => {
    const { accessToken } = await auth.signUp();
    const identity = await auth.authenticator.authenticate(accessToken);
    await auth.accounts.signOut(identity);
    const [header = '', payload = '', signature = ''] = accessToken.split('.');
    for (const credential of [
      accessToken,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.x`,
      `${accessToken}${'A'.repeat(3_000)}`,
    ]) {
      const shown = await everythingIn(auth.authenticator.authenticate(credential));
      for (const part of [header, payload, signature.slice(0, -4)]) expect(shown).not.toContain(part);
    }
  });

  it('a refresh token or its hash', async () => {
    const { refreshToken } = await auth.signUp();
    const { refreshToken: successor } = await auth.accounts.refresh(refreshToken);
    await auth.accounts.refresh(successor);
    const shown = await everythingIn(auth.accounts.refresh(refreshToken));
    expect(shown).not.toContain(refreshToken);
    expect(shown).not.toContain(refreshTokenHash(refreshToken));
  });

  it('a password or its hash, when it is refused', async () => {
    const { email } = await auth.signUp();
    const password = 'hunter2-hunter2';
    const { rows } = await asAdmin('select password_hash from bulkhead.accounts');
    for (const work of [
      () => auth.accounts.signIn({ email, password }),
      () => auth.accounts.signUp({ email, password }),
      () =>
        auth.accounts.signUp({
          email: `${password}@bulkhead.example`,
          password: `${password}@bulkhead.example`,
        }),
      () => auth.accounts.signUp({ email: `${email}x`, password: 'hunter2' }),
    ]) {
      const shown = await everythingIn(work());
      expect(shown).not.toContain('hunter2');
      for (const { password_hash } of rows) expect(shown).not.toContain(password_hash);
    }
  });

  it('a password hash, when the database fails to store it', async () => {
    await asAdmin('alter table bulkhead.accounts add constraint broken check (false) not valid');
    const shown = await everythingIn(
      auth.accounts.signUp({ email: 'ada@bulkhead.example', password: 'hunter2-hunter2' }),
    );
    await asAdmin('alter table bulkhead.accounts drop constraint broken');
    expect(shown).toContain('broken');
    expect(shown).not.toMatch(/argon2id|hunter2/);
  });

  it('a refresh token hash, when the database fails to store it', async () => {
    const { refreshToken } = await auth.signUp();
    await asAdmin('alter table bulkhead.refresh_tokens add constraint broken check (false) not valid');
    const shown = await everythingIn(auth.accounts.refresh(refreshToken));
    await asAdmin('alter table bulkhead.refresh_tokens drop constraint broken');
    expect(shown).toContain('broken');
    expect(shown).not.toContain(refreshTokenHash(refreshToken));
    expect(shown).not.toMatch(/[0-9a-f]{64}/);
  });

  it('a private key, when the database fails to store it', async () => {
    await asAdmin(
      'alter table bulkhead.signing_keys add constraint broken check (retired_at is not null) not valid',
    );
    const shown = await everythingIn(
      auth.node
        .get(AccountTransactions, { strict: false })
        .run((db) => auth.node.get(SigningKeys, { strict: false }).rotate(db)),
    );
    await asAdmin('alter table bulkhead.signing_keys drop constraint broken');
    expect(shown).toContain('broken');
    expect(shown).not.toMatch(/Ed25519|"d"|d: '|eyJ/);
  });

  it('the parameters of a query that the connection was lost in', async () => {
    const transactions = auth.node.get(AccountTransactions, { strict: false });
    const shown = await everythingIn(
      transactions.run(async (db) => {
        const { rows } = await db.execute<{ pid: number }>('select pg_backend_pid() as pid');
        await asAdmin(`select pg_terminate_backend(${rows[0]?.pid})`);
        await db.insert(refreshTokens).values({
          tokenHash: 'secret-hash',
          sessionId: crypto.randomUUID(),
          userId: crypto.randomUUID(),
        });
      }),
    );
    expect(shown).toContain('DatabaseUnavailableError');
    expect(shown).not.toContain('secret-hash');
  });

  it('the row that the database would not take', async () => {
    const transactions = auth.node.get(AccountTransactions, { strict: false });
    const shown = await everythingIn(
      transactions.run((db) =>
        db.insert(signingKeys).values({ keyId: 'k', publicJwk: null, privateJwk: 'secret-key' }),
      ),
    );
    expect(shown).not.toContain('secret-key');
  });
});
