import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { Authenticator } from './authenticator.service.ts';
import { openTestAuth, type TestAuth } from './testing/index.ts';

let auth: TestAuth;
let freshNode: Authenticator;
let token: string;

/** The server's login is refused and its connections are cut, as when the database restarts. */
const takeDown = async () => {
  await auth.database.asAdmin((client) => client.query('alter role bulkhead_login nologin'));
  await auth.database.asAdmin((client) =>
    client.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bulkhead_login'`),
  );
};
const bringBack = () => auth.database.asAdmin((client) => client.query('alter role bulkhead_login login'));

beforeAll(async () => {
  auth = await openTestAuth();
  freshNode = (await auth.startNode()).get(Authenticator, { strict: false });
  token = (await auth.signUp()).accessToken;
  await auth.authenticator.authenticate(token);
  await takeDown();
});
afterAll(async () => {
  await bringBack();
  await auth.close();
});

describe('While the database is down', () => {
  it('a good token gives no identity, on a node that knows its key', async () => {
    await expect(auth.authenticator.authenticate(token)).rejects.toThrow(DatabaseUnavailableError);
  });

  it('a good token gives no identity, on a node that has not seen its key yet', async () => {
    await expect(freshNode.authenticate(token)).rejects.toThrow(DatabaseUnavailableError);
  });

  it('an accepted run gets no identity', async () => {
    const run = { userId: crypto.randomUUID(), sessionId: crypto.randomUUID() };
    await expect(auth.authenticator.identityOf(run)).rejects.toThrow(DatabaseUnavailableError);
  });

  it('nobody signs up, in, out or on', async () => {
    const input = { email: 'ada@bulkhead.example', password: 'correct horse' };
    await expect(auth.accounts.signUp(input)).rejects.toThrow(DatabaseUnavailableError);
    await expect(auth.accounts.signIn(input)).rejects.toThrow(DatabaseUnavailableError);
    await expect(auth.accounts.refresh('A'.repeat(43))).rejects.toThrow(DatabaseUnavailableError);
  });

  it('and afterwards the same token is good again, on every node', async () => {
    await bringBack();
    expect((await auth.authenticator.authenticate(token)).roles).toEqual(['user']);
    expect((await freshNode.authenticate(token)).roles).toEqual(['user']);
  });
});
