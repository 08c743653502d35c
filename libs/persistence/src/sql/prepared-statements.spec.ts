import type pg from 'pg';
import { openClient } from '../postgres/connections.ts';
import { aContext } from '@bulkhead/user-context/testing';
import { sendTo, type Part } from './prepared-statements.ts';
import type { Statement } from './statement.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

let test: TestDatabase;
let client: pg.Client;
beforeAll(async () => (test = await openTestDatabase()));
beforeEach(async () => {
  client = openClient(test.database.engineUrl);
  await client.connect();
});
afterEach(() => client.end());
afterAll(() => test.close());

const send = async (...parts: readonly Part[]) =>
  (await sendTo(client, parts)).map(({ rows }) => rows as unknown);
const twice =
  (number: number): Statement =>
  (literal) =>
    `SELECT 2 * ${literal(number)} AS twice`;
const plans = async (): Promise<number> =>
  Number((await client.query<{ n: string }>('SELECT count(*) AS n FROM pg_prepared_statements')).rows[0]?.n);

describe('a statement', () => {
  it('is planned once on a connection, whatever its values, and answers for each', async () => {
    expect(await send(twice(1))).toEqual([[{ twice: 2 }]]);
    expect(await send(twice(2), twice(3))).toEqual([[{ twice: 4 }], [{ twice: 6 }]]);
    expect(await plans()).toBe(1);
  });

  it('is sent with others in one message, which is one transaction', async () => {
    const id = () => 'SELECT pg_current_xact_id()::text AS id';
    const [first, second] = await send(id, id);
    expect(first).toEqual(second);
    expect(await send(id)).not.toEqual([first]);
  });

  it('is planned anew when its first message failed, be it by another statement', async () => {
    await expect(send(twice(1), () => 'SELECT 1 / 0')).rejects.toThrow('division by zero');
    await expect(send(() => 'SELECT absent', twice(1))).rejects.toThrow('absent');
    expect(await send(twice(4))).toEqual([[{ twice: 8 }]]);
  });

  it('is executed without a plan where it is several commands, and where there are enough plans', async () => {
    const several: Statement = (literal) =>
      `SET LOCAL lock_timeout = 1; SELECT ${literal('a;b')} AS text; SET LOCAL lock_timeout = 2`;
    expect((await send('BEGIN', several, 'ROLLBACK'))[2]).toEqual([{ text: 'a;b' }]);
    expect(await plans()).toBe(0);
    for (let text = 0; text < 210; text += 1) {
      expect(await send((literal) => `SELECT ${text} + ${literal(1)} AS sum`)).toEqual([[{ sum: text + 1 }]]);
    }
    expect(await plans()).toBe(200);
  });

  it('that always fails leaves no more plans behind than there may be', async () => {
    for (let turn = 0; turn < 210; turn += 1) await expect(send(() => 'SELECT 1 / 0')).rejects.toThrow();
    expect(await plans()).toBeLessThanOrEqual(200);
  });

  it('shows each user what is theirs, under one plan of one connection', async () => {
    const [ada, ben] = [await test.signUp(), await test.signUp()];
    const noteOf =
      (userId: string): Statement =>
      (literal) =>
        `INSERT INTO bulkhead.notes (note_id, user_id, text, idempotency_key)
         VALUES (gen_random_uuid(), ${[userId, userId, 'note'].map(literal).join(', ')})`;
    for (const user of [ada, ben])
      await test.transactions.statement(aContext(user).build(), noteOf(user.userId));
    const seen = new Map<string, Set<string>>();
    const connections = new Set<number>();
    // More often than PostgreSQL takes to make a plan that holds for all values.
    for (let turn = 0; turn < 20; turn += 1) {
      const user = turn % 2 === 0 ? ada : ben;
      const rows = await test.transactions.statement<{ text: string; pid: number }>(
        aContext(user).build(),
        (literal) =>
          `SELECT text, pg_backend_pid() AS pid FROM bulkhead.notes WHERE idempotency_key = ${literal('note')}`,
      );
      for (const { text, pid } of rows) {
        seen.set(user.userId, (seen.get(user.userId) ?? new Set()).add(text));
        connections.add(pid);
      }
    }
    expect([...seen]).toEqual([ada, ben].map(({ userId }) => [userId, new Set([userId])]));
    expect(connections.size).toBe(1);
  });
});
