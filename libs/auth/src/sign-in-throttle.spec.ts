import { AccountService } from './account.service.ts';
import { SignInRefusedError } from './auth.errors.ts';
import { openTestAuth, type TestAuth } from './testing/index.ts';

let auth: TestAuth;
let elsewhere: AccountService;

beforeAll(async () => {
  auth = await openTestAuth();
  elsewhere = (await auth.startNode()).get(AccountService, { strict: false });
});
afterAll(() => auth.close());

const guess = async (email: string, address: string, times: number) => {
  for (let time = 0; time < times; time += 1) {
    const node = time % 2 === 0 ? auth.accounts : elsewhere;
    await expect(node.signIn({ email, password: 'a wrong guess', address })).rejects.toThrow(
      SignInRefusedError,
    );
  }
};

describe('Guessing passwords', () => {
  it('locks the account for the address that guesses, over all nodes, and tells nobody', async () => {
    const { email, password } = await auth.signUp();
    await guess(email, '192.0.2.1', 10);
    const locked = { email, password, address: '192.0.2.1' };
    for (const node of [auth.accounts, elsewhere]) {
      await expect(node.signIn(locked)).rejects.toEqual(new SignInRefusedError());
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

  it('of an account that does not exist is answered and counted the same', async () => {
    await guess('nobody@bulkhead.example', '192.0.2.5', 12);
    const { rows } = await auth.database.asAdmin((client) =>
      client.query<{ key: string }>(`select key from bulkhead.rate_limits where points >= 12`),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/nobody|192/);
  });
});
