import type { Duplex } from 'node:stream';
import { DrizzleQueryError } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { BoundedQueue } from '../database/bounded-queue.ts';
import { isTransient, poolErrors } from '../database-errors.ts';
import type { DatabaseWatchdog } from '../database/database-watchdog.ts';
import { DatabaseUnavailableError, OutcomeUnknownError } from '../persistence.errors.ts';
import { sendTo, type Part } from '../sql/prepared-statements.ts';
import { sqlStateOf } from '../sql/sql-state.ts';

/** Typed queries within one transaction. */
export type TransactionDatabase = NodePgDatabase;

/** Making one costs more than a query; connections are few and long-lived. */
const databases = new WeakMap<pg.ClientBase, TransactionDatabase>();

/** How long a transaction may wait for its turn, in milliseconds. */
const PATIENCE_MS = 30_000;

/** What waits for the connections of a pool. */
export const queues = new WeakMap<pg.Pool, BoundedQueue>();

/** Who notices, for the connections of a pool, that the database is gone without a word. */
export const pulses = new WeakMap<pg.Pool, DatabaseWatchdog>();

/** The typed queries of a connection. */
export function databaseOf(client: pg.ClientBase): TransactionDatabase {
  const known = databases.get(client);
  if (known) return known;
  const database = drizzle(client as pg.PoolClient);
  databases.set(client, database);
  return database;
}

/**
 * Runs `work` between `opening` (a BEGIN and what the transaction needs, in one round trip) and COMMIT.
 * Whatever `work` throws rolls everything back.
 * @param work is given the rows of the opening's last statement
 * @param closing statements that go to the database together with the COMMIT; asked for when `work` is done
 * @throws DatabaseUnavailableError when the connection can't be made or breaks; OutcomeUnknownError during the commit
 */
export function inTransaction<R>(
  pool: pg.Pool,
  opening: readonly Part[],
  work: (client: pg.PoolClient, opened: readonly unknown[]) => Promise<R>,
  { closing = () => [], lane }: { readonly closing?: () => readonly Part[]; readonly lane?: string } = {},
): Promise<R> {
  const transact: Borrower<R> = async (client, discard) => {
    let isCommitting = false;
    try {
      const result = await work(client, (await sendTo(client, opening)).at(-1)?.rows ?? []);
      isCommitting = true;
      const { command } = (await sendTo(client, [...closing(), 'COMMIT'])).at(-1) ?? {};
      // After a query that failed unnoticed, PostgreSQL answers a commit with a rollback, and no error.
      if (command !== 'COMMIT') throw new Error('A query failed unnoticed: its transaction was rolled back.');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(discard);
      throw isCommitting && isConnectionLoss(error) ? new OutcomeUnknownError(error) : error;
    }
  };
  return withConnection(pool, transact, lane);
}

/** Uses a connection; one whose state is not known any more is to be discarded. */
type Borrower<R> = (client: pg.PoolClient, discard: (cause: Error) => void) => Promise<R>;

/**
 * Lends a connection to `work` when it is its turn: users take turns, and none of them has all connections. One whose
 * state is unknown, because it broke or `discard` was called, is closed instead of being handed to another user.
 * @param lane the user whose work it is; absent: nobody's, which waits for no other
 * @throws DatabaseUnavailableError when too much is waiting, or the connection can't be made or breaks
 */
export async function withConnection<R>(pool: pg.Pool, work: Borrower<R>, lane?: string): Promise<R> {
  const queue = queues.get(pool);
  try {
    if (!queue) return await borrow(pool, work);
    return await queue.run(() => borrow(pool, work), {
      lane: lane ?? Symbol('nobody'),
      whileWaiting: (giveUp) => watchPatience(pool, giveUp),
    });
  } catch (error) {
    poolErrors.get(pool)?.note(error);
    throw error;
  }
}

/** Nobody waits for a database that is gone, nor for ever. */
function watchPatience(pool: pg.Pool, giveUp: (reason: Error) => void): () => void {
  const end = (why: string): void => giveUp(new DatabaseUnavailableError(new Error(why)));
  const unwatch = pulses.get(pool)?.watch(() => end('The database gives no sign of life.'));
  const timer = setTimeout(() => end('There was no connection in time.'), PATIENCE_MS);
  return () => {
    clearTimeout(timer);
    unwatch?.();
  };
}

async function borrow<R>(pool: pg.Pool, work: Borrower<R>): Promise<R> {
  const client = await lend(pool);
  let broken: Error | undefined;
  const discard = (cause: Error): void => void (broken ??= cause);
  client.on('error', discard);
  const unwatch = pulses.get(pool)?.watch(() => cut(client));
  try {
    return await work(client, discard);
  } catch (failure) {
    const error = withoutValues(failure);
    if (isConnectionLoss(error)) discard(error as Error);
    if (error instanceof OutcomeUnknownError) discard(error);
    else if (broken || isTransient(error)) throw new DatabaseUnavailableError(error);
    throw error;
  } finally {
    unwatch?.();
    client.off('error', discard);
    client.release(broken);
  }
}

/** @throws DatabaseUnavailableError when there is none in time, or the database is gone */
function lend(pool: pg.Pool): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    let isGivenUp = false;
    const unwatch = pulses.get(pool)?.watch(() => {
      isGivenUp = true;
      reject(new DatabaseUnavailableError(new Error('The database gives no sign of life.')));
    });
    pool
      .connect()
      .then((client) => (isGivenUp ? client.release() : resolve(client)))
      .catch((cause: unknown) => reject(new DatabaseUnavailableError(cause)))
      .finally(() => unwatch?.());
  });
}

/** Ends a connection from this side, so that whoever waits for an answer on it is told now. */
function cut(client: pg.PoolClient): void {
  const { connection } = client as pg.PoolClient & { readonly connection?: { readonly stream: Duplex } };
  connection?.stream.destroy();
}

/**
 * The query builder's error repeats every parameter, and the database's own may repeat the row it refused: what
 * users wrote, and hashes and keys. None of it may reach a log.
 */
function withoutValues(error: unknown): unknown {
  const cause = error instanceof DrizzleQueryError ? (error.cause ?? new Error('A query failed.')) : error;
  if (cause instanceof Error && 'detail' in cause) cause.detail = undefined;
  return cause;
}

/** SQLSTATE classes 08 (connection) and 57P (operator intervention), and what the driver says of a dead socket. */
function isConnectionLoss(error: unknown): boolean {
  const code = sqlStateOf(error) ?? '';
  return (
    /^(08|57P0)/.test(code) || ['ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(code) || isDeadSocket(error)
  );
}

/** The driver gives a socket that ended no code, neither in mid-query nor when it is to be used again. */
const isDeadSocket = (error: unknown): boolean =>
  error instanceof Error && /^(Connection terminated|Client .* is not queryable)/.test(error.message);
