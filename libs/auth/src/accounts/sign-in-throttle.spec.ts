import { jest } from '@jest/globals';
import { AccountService } from './account.service.ts';
import { SignInDelayedError, SignInRefusedError } from '../auth.errors.ts';
import { delayAfter, SignInThrottle } from './sign-in-throttle.service.ts';
import { openTestAuth, type TestAuth } from '../testing/index.ts';

/** The clock is the spec's; the timers, which the database's connections need, are real. */
const timers = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const;
const immediates = ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] as const;
const others = ['hrtime', 'performance', 'requestAnimationFrame', 'cancelAnimationFrame'] as const;
const idle = ['requestIdleCallback', 'cancelIdleCallback'] as const;
const passSeconds = (seconds: number) => jest.setSystemTime(Date.now() + seconds * 1000);

let auth: TestAuth;
let elsewhere: AccountService;

beforeAll(async () => {
  jest.useFakeTimers({ now: Date.now(), doNotFake: [...timers, ...immediates, ...others, ...idle] });
  auth = await openTestAuth();
  elsewhere = (await auth.startNode()).get(AccountService, { strict: false });
});
afterAll(async () => {
  jest.useRealTimers();
  await auth.close();
});

/** Guesses as fast as the server lets. */
const guess = async (email: string, address: string, times: number) => {
  for (let time = 1; time <= times; time += 1) {
    const node = time % 2 === 0 ? auth.accounts : elsewhere;
    await expect(node.signIn({ email, password: 'a wrong guess', address })).rejects.toThrow(
      SignInRefusedError,
    );
    passSeconds(delayAfter(time));
  }
};
/** How long the server says to wait, in seconds; undefined when it looks at the password. */
const waitOf = async (email: string, address: string, node = auth.accounts): Promise<unknown> => {
  const refusal: unknown = await node
    .signIn({ email, password: 'a wrong guess', address })
    .catch((error: unknown) => error);
  return refusal instanceof SignInDelayedError ? refusal.details.retryAfterSeconds : undefined;
};
/** The same without a guess. */
const waitAfter = async (email: string, address: string): Promise<number> =>
  auth.node
    .get(SignInThrottle, { strict: false })
    .assertNotTooEarly(email, address)
    .then(
      () => 0,
      ({ details }: SignInDelayedError) => Number(details.retryAfterSeconds),
    );

describe('Guessing passwords', () => {
  it('locks the account for the address that guesses, over all nodes, and tells nobody', async () => {
    const { email, password } = await auth.signUp();
    await guess(email, '192.0.2.1', 10);
    const locked = { email, password, address: '192.0.2.1' };
    for (const node of [auth.accounts, elsewhere]) {
      await expect(node.signIn(locked)).rejects.toEqual(new SignInRefusedError());
      passSeconds(delayAfter(11));
    }
  });

  it('does not lock out the owner, who comes from elsewhere, nor the address from other accounts', async () => {
    const [ada, ben] = [await auth.signUp(), await auth.signUp()];
    await guess(ada.email, '192.0.2.2', 11);
    await auth.accounts.signIn({ email: ada.email, password: ada.password, address: '192.0.2.3' });
    await auth.accounts.signIn({ email: ben.email, password: ben.password, address: '192.0.2.2' });
  });

  it('is forgotten once the right password comes in time', async () => {
    const { email, password } = await auth.signUp();
    for (let round = 0; round < 3; round += 1) {
      await guess(email, '192.0.2.4', 9);
      await auth.accounts.signIn({ email: email.toUpperCase(), password, address: '192.0.2.4' });
    }
  });

  it('is delayed from the third wrong password on, over all nodes, by a wait that doubles up to a minute', async () => {
    const { email } = await auth.signUp();
    const address = '192.0.2.6';
    const waits: number[] = [];
    for (let time = 0; time < 12; time += 1) {
      expect(await waitOf(email, address, elsewhere)).toBeUndefined();
      const wait = await waitAfter(email, address);
      waits.push(wait);
      passSeconds(wait);
    }
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('too early says how much of the wait is left, looks at no password, and makes the wait no longer', async () => {
    const { email, password } = await auth.signUp();
    const address = '192.0.2.7';
    await guess(email, address, 4);
    expect(await waitOf(email, address)).toBeUndefined();
    expect(await waitOf(email, address)).toBe(4);
    passSeconds(2.5);
    await expect(auth.accounts.signIn({ email, password, address })).rejects.toThrow(SignInDelayedError);
    expect(await waitOf(email, address)).toBe(2);
    passSeconds(1.5);
    await auth.accounts.signIn({ email, password, address });
    expect(await waitOf(email, address)).toBeUndefined();
  });

  it('delays neither the owner, who comes from elsewhere, nor the address for other accounts', async () => {
    const [ada, ben] = [await auth.signUp(), await auth.signUp()];
    for (let time = 0; time < 3; time += 1) await waitOf(ada.email, '192.0.2.8');
    expect(await waitOf(ada.email, '192.0.2.8')).toBe(1);
    await auth.accounts.signIn({ email: ada.email, password: ada.password, address: '192.0.2.9' });
    await auth.accounts.signIn({ email: ben.email, password: ben.password, address: '192.0.2.8' });
  });

  it('is delayed alike for an account that does not exist', async () => {
    const { email } = await auth.signUp();
    const waitsOf = async (name: string): Promise<unknown[]> => {
      const waits: unknown[] = [];
      for (let time = 0; time < 8; time += 1) waits.push(await waitOf(name, '192.0.2.10'));
      return waits;
    };
    const known = await waitsOf(email);
    expect(known).toEqual([...Array<undefined>(3), 1, 1, 1, 1, 1]);
    expect(await waitsOf('nobody-either@bulkhead.example')).toEqual(known);
  });

  it('is counted for an IPv6 /64 as a whole, and for a /48 with a higher ceiling', async () => {
    const { email, password } = await auth.signUp();
    const throttle = auth.node.get(SignInThrottle, { strict: false });
    for (let host = 0; host < 10; host += 1) await throttle.noteFailure(email, `2001:db8:1:1::${host}`);
    expect(await throttle.isLocked(email, '2001:db8:1:1:ffff::1')).toBe(true);
    expect(await throttle.isLocked(email, '2001:db8:1:2::1')).toBe(false);
    for (let net = 2; net < 32; net += 1) await throttle.noteFailure(email, `2001:db8:1:${net}::1`);
    for (const address of ['2001:db8:1:77::1', '2001:DB8:1:ABCD::9']) {
      expect(await throttle.isLocked(email, address)).toBe(true);
      await expect(auth.accounts.signIn({ email, password, address })).rejects.toThrow(SignInRefusedError);
    }
    expect(await throttle.isLocked(email, '2001:db8:2:1::1')).toBe(false);
    await auth.accounts.signIn({ email, password, address: '2001:db8:2:1::1' });
  });

  it('keeps in mind where an account has signed in, for that account only, and no guesses', async () => {
    const throttle = auth.node.get(SignInThrottle, { strict: false });
    const [ada, ben] = [await auth.signUp(), await auth.signUp()];
    const address = '2001:db8:9:1::1';
    await waitOf(ada.email, address);
    expect(await throttle.isFamiliar(ada.email, address)).toBe(false);
    await auth.accounts.signIn({ email: ada.email, password: ada.password, address });
    expect(await throttle.isFamiliar(ada.email.toUpperCase(), '2001:db8:9:1::2')).toBe(true);
    expect(await throttle.isFamiliar(ben.email, address)).toBe(false);
    expect(await throttle.isFamiliar(ada.email, '2001:db8:9:2::1')).toBe(false);
    passSeconds(89 * 86_400);
    expect(await throttle.isFamiliar(ada.email, address)).toBe(true);
    passSeconds(2 * 86_400);
    expect(await throttle.isFamiliar(ada.email, address)).toBe(false);
  });

  it('of an account that does not exist is answered and counted the same', async () => {
    await guess('nobody@bulkhead.example', '192.0.2.5', 12);
    const { rows } = await auth.database.asAdmin((client) =>
      client.query<{ key: string }>(`select key from bulkhead.rate_limits where points >= 12`),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/nobody|192/);
  });
});
