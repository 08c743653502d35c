import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown } from '@nestjs/common';
import {
  BoundedQueue,
  Database,
  limitBackendMemory,
  openPool,
  type UserDatabaseSession,
} from '@bulkhead/persistence';
import type pg from 'pg';
import { QueriesBusyError } from '../tables.errors.ts';
import { defaultTablesOptions, TABLES_OPTIONS, type TablesOptions } from '../tables.options.ts';
import { QueryDeadline } from './query-deadline.ts';

const WAIT_MS = 5_000;
/** Queries that may wait for a place. */
const WAITING = 100;
/** Most memory of a query's backend beside what all backends share, in bytes; where the system can bound it. */
const BACKEND_BYTES = 512 * 1024 * 1024;

/** Runs one statement of one command and gives its raw answer, rows as arrays of texts. */
export type Ask = (sql: string) => Promise<pg.QueryArrayResult<(string | null)[]>>;

/**
 * Connections for SQL that agents wrote. Their login is a member of nothing; a transaction on them reads the rows of
 * the one user to whom it was granted, by its connection and beginning, which no SQL can change.
 */
@Injectable()
export class QueryConnections implements OnApplicationShutdown {
  readonly #pool: pg.Pool;
  readonly #places: BoundedQueue;

  constructor(
    database: Database,
    @Optional()
    @Inject(TABLES_OPTIONS)
    private readonly options: TablesOptions = defaultTablesOptions,
  ) {
    const logger = new Logger(QueryConnections.name);
    this.#pool = openPool(database.queryUrl, {
      max: options.queriesAtOnce,
      connectionTimeoutMillis: WAIT_MS,
    });
    this.#places = new BoundedQueue({
      atOnce: options.queriesAtOnce,
      atOncePerLane: Math.max(1, Math.floor(options.queriesAtOnce / 2)),
      waiting: WAITING,
      refusal: () => new QueriesBusyError(),
    });
    this.#pool.on('error', (error) => {
      if (!this.#pool.ending) logger.warn(`An idle query connection was lost: ${error.message}`);
    });
  }

  /**
   * Lends a read-only transaction that sees the rows of the session's user. Nothing of it outlives `work`.
   * @throws QueriesBusyError, the signal's reason, or whatever `work` throws
   */
  run<R>(session: UserDatabaseSession, signal: AbortSignal, work: (ask: Ask) => Promise<R>): Promise<R> {
    return this.#places.run(() => this.#lend(session, signal, work), {
      lane: session.context.userId,
      whileWaiting: (giveUp) => {
        const timer = setTimeout(() => giveUp(new QueriesBusyError()), WAIT_MS);
        const onAbort = (): void => giveUp(signal.reason as Error);
        signal.addEventListener('abort', onAbort, { once: true });
        return () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
        };
      },
    });
  }

  async #lend<R>(
    session: UserDatabaseSession,
    signal: AbortSignal,
    work: (ask: Ask) => Promise<R>,
  ): Promise<R> {
    const client = await this.#pool.connect().catch((cause: unknown) => {
      throw new QueriesBusyError(cause);
    });
    let isClean = false;
    // PostgreSQL notices within half a second that nobody is there any more, and ends the query.
    const onAbort = (): void => void client.end().catch(() => undefined);
    client.on('error', ignore);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      await this.#begin(client, session);
      const deadline = new QueryDeadline(this.options.queryTimeoutMs);
      const result = await work(async (sql) => {
        await client.query(deadline.statement);
        return await client.query(oneCommand(sql));
      });
      await client.query('ROLLBACK');
      await client.query('DISCARD ALL');
      isClean = !signal.aborted;
      return result;
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      // One that is closed may still complain.
      if (isClean) client.off('error', ignore);
      client.release(!isClean);
    }
  }

  async #begin(client: pg.PoolClient, session: UserDatabaseSession): Promise<void> {
    await client.query(
      `BEGIN READ ONLY; SET LOCAL lock_timeout = 1000;
       SET LOCAL work_mem = '16MB'; SET LOCAL hash_mem_multiplier = 1; SET LOCAL timezone = 'UTC'; SET LOCAL search_path = pg_catalog;
       SET LOCAL standard_conforming_strings = on; SET LOCAL bytea_output = hex; SET LOCAL datestyle = 'ISO, YMD';
       SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL cursor_tuple_fraction = 1;
       SET LOCAL client_connection_check_interval = 500`,
    );
    const { rows } = await client.query<{ pid: number; began: string }>(
      'SELECT pg_backend_pid() AS pid, now()::text AS began',
    );
    const { pid = 0, began = '' } = rows[0] ?? {};
    await bound(client, pid);
    // In the user's own name, by the server's own connection: a grant for another user can't be written.
    await session.statement(
      (literal) =>
        `WITH spent AS (DELETE FROM bulkhead.query_grants WHERE began_at < now() - interval '10 minutes')
         INSERT INTO bulkhead.query_grants (user_id, backend_pid, began_at)
         VALUES (${literal(session.context.userId)}, ${pid}, ${literal(began)})`,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#pool.end();
  }
}

const bounded = new WeakSet<pg.PoolClient>();

/** Once for each connection: its backend stays bounded. */
async function bound(client: pg.PoolClient, pid: number): Promise<void> {
  if (bounded.has(client)) return;
  await limitBackendMemory(client, pid, BACKEND_BYTES);
  bounded.add(client);
}

const ignore = (): void => undefined;

/** The extended protocol takes one command: a second one behind a semicolon is an error. */
const oneCommand = (text: string): pg.QueryArrayConfig =>
  ({ text, values: [], rowMode: 'array', queryMode: 'extended', types: asText }) as pg.QueryArrayConfig;

/** Nothing is interpreted on the way: what a cell is, the query's columns tell. */
const asText = { getTypeParser: () => (value: unknown) => value } as pg.CustomTypesConfig;
