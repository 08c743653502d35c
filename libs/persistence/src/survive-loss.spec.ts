import { openTestDatabase, type TestDatabase } from './testing/index.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

describe('A connection that is lent', () => {
  it('may be ended by an administrator between two queries: its next query fails, and nothing else', async () => {
    const client = await test.database.pool.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => client.once('end', resolve));
    await test.asAdmin((admin) => admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]));
    await ended;
    await expect(client.query('select 1')).rejects.toThrow();
    client.release(true);
    await test.database.ping();
  });
});
