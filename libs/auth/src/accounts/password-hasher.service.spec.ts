import { jest } from '@jest/globals';
import type { verify as verifyHash } from '@node-rs/argon2';

/** The real library, with a record of what it verified: the work done is observed, not timed. */
const real = await import('@node-rs/argon2');
const verified = jest.fn<typeof verifyHash>((...args) => real.verify(...args));
jest.unstable_mockModule('@node-rs/argon2', () => ({ ...real, verify: verified }));

const { HASHES_AT_ONCE, PasswordHasher } = await import('./password-hasher.service.ts');
const { SignInRefusedError } = await import('../auth.errors.ts');
const { openTestAuth } = await import('../testing/index.ts');

const password = 'correct horse battery';
const expected = {
  algorithm: 2,
  version: 1,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
  outputLen: 32,
  saltLen: 16,
};
const workDone = () => verified.mock.calls.map(([hash]) => real.parseOptions(hash));

beforeEach(() => verified.mockClear());

describe('A password hash', () => {
  it('is argon2id with the recommended cost, and differs each time', async () => {
    const hasher = new PasswordHasher();
    const hashes = await Promise.all([hasher.hash(password), hasher.hash(password)]);
    expect(hashes.map((hash) => real.parseOptions(hash))).toEqual([expected, expected]);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('verifies the password in any Unicode form, and no other', async () => {
    const hasher = new PasswordHasher();
    const hash = await hasher.hash('Ångström ﬁle');
    expect(await hasher.verify(hash, 'Ångström ﬁle'.normalize('NFD'))).toBe(true);
    expect(await hasher.verify(hash, 'Angstrom file')).toBe(false);
    expect(await hasher.verify(hash, '')).toBe(false);
  });

  it.each([
    ['without a hash', undefined],
    ['with an empty hash', ''],
    ['with one that is no hash', '-'],
  ])('%s is never right, and costs the same work', async (_how, stored) => {
    const hasher = new PasswordHasher();
    expect(await hasher.verify(stored, password)).toBe(false);
    expect(workDone()).toEqual([expected]);
  });

  it('is refused when a hundred are waiting, and the others get theirs', async () => {
    const hasher = new PasswordHasher();
    const waiting = Array.from({ length: 100 + HASHES_AT_ONCE }, () => hasher.verify(undefined, password));
    await expect(hasher.verify(undefined, password)).rejects.toMatchObject({
      code: 'sign_in_busy',
      kind: 'unavailable',
      details: { limit: 100, retryAfterSeconds: 3 },
    });
    expect(await Promise.all(waiting)).toHaveLength(waiting.length);
  });
});

describe('A sign-in', () => {
  it('does the same work for an unknown email, a wrong password and a disabled account', async () => {
    const auth = await openTestAuth();
    try {
      const known = await auth.signUp();
      const disabled = await auth.signUp();
      await auth.database.asAdmin((client) =>
        client.query('update bulkhead.accounts set disabled_at = now() where email = $1', [disabled.email]),
      );
      for (const input of [
        { email: 'nobody@bulkhead.example', password },
        { email: known.email, password },
        { email: disabled.email, password: disabled.password },
      ]) {
        verified.mockClear();
        await expect(auth.accounts.signIn(input)).rejects.toThrow(SignInRefusedError);
        expect(workDone()).toEqual([expected]);
      }
    } finally {
      await auth.close();
    }
  });
});
