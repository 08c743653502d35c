import { createHmac } from 'node:crypto';
import { resolve } from 'node:path';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { BoundedQueue } from './bounded-queue.ts';
import { DatabaseErrors, poolErrors } from '../database-errors.ts';
import { DatabaseWatchdog } from './database-watchdog.ts';
import { connectionRoles } from '../sql/prepared-statements.ts';
import { DatabaseSetupError, DatabaseUnavailableError } from '../persistence.errors.ts';
import { openPool } from '../postgres/connections.ts';
import { EmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { migrateDatabase, type InstallationOptions } from '../postgres/migrations.ts';
import type { RoleNames } from '../postgres/role-names.ts';
import { findReadable } from '../postgres/reading.ts';
import { passwordOf } from '../postgres/roles.ts';
import { asRole } from '../sql/statement.ts';
import { inTransaction, pulses, queues, withConnection } from '../transactions/transaction.ts';

export interface PersistenceOptions extends InstallationOptions {
  /** URL of a PostgreSQL database whose user may create roles and schemas; absent: the embedded PostgreSQL. */
  readonly databaseUrl?: string;
  /** Where the embedded PostgreSQL keeps its data. */
  readonly dataDir: string;
  /** Connections for users' transactions. */
  readonly poolSize: number;
  /** Only reads what is there: for a command beside servers, which must not get in their way. Default false. */
  readonly isReadOnly?: boolean;
  /** False only for tests whose data need not survive a power cut. Default true. */
  readonly durable?: boolean;
}

/** Where the options are injected. */
export const PERSISTENCE_OPTIONS = Symbol('PersistenceOptions');

const CONNECT_TIMEOUT_MS = 5_000;
/** Connections that listen for as long as the server runs: one per notification channel, beside those for users. */
const LISTENING_CONNECTIONS = 7;
/** Transactions that may wait for a connection: some tens of megabytes of messages. */
const WAITING = 5_000;

/** The database of this process: started, migrated and checked before anything can ask for it. */
@Injectable()
export class Database implements OnApplicationShutdown {
  private constructor(
    private readonly embedded: EmbeddedPostgres | undefined,
    /** Connections of the server's own login, which has no rights until a transaction takes a role. */
    readonly pool: pg.Pool,
    /** URL for the durable engine. */
    readonly engineUrl: string,
    /** URL for SQL that agents wrote: sees the rows that `query_grants` grants to its transaction, and nothing else. */
    readonly queryUrl: string,
    private readonly secret: string,
    /** What the roles of this installation are called. */
    readonly roles: RoleNames,
  ) {}

  /** @throws DatabaseSetupError */
  static async open(options: PersistenceOptions): Promise<Database> {
    if (options.isReadOnly === true) return Database.openForReading(options);
    const embedded = options.databaseUrl ? undefined : await EmbeddedPostgres.start(options);
    try {
      const adminUrl = options.databaseUrl ?? embedded?.url ?? '';
      const { serverUrl, engineUrl, queryUrl, roles } = await migrateDatabase(adminUrl, options);
      const pool = openServerPool(serverUrl, options.poolSize, roles);
      return new Database(embedded, pool, engineUrl, queryUrl, passwordOf(adminUrl), roles);
    } catch (error) {
      await embedded?.stop();
      throw error;
    }
  }

  /** What is there already, as it is: nothing is migrated, made or started. */
  private static async openForReading(options: PersistenceOptions): Promise<Database> {
    const adminUrl = options.databaseUrl;
    if (adminUrl === undefined) {
      throw new DatabaseSetupError(
        `No server runs on ${resolve(options.dataDir)}, whose database could be read. Start it, or set DATABASE_URL.`,
      );
    }
    const { url, roles } = await findReadable(adminUrl, options);
    const pool = openServerPool(url, options.poolSize, roles);
    // Goes before whatever a connection is lent for.
    pool.on(
      'connect',
      (client) => void client.query('SET default_transaction_read_only = on').catch(() => undefined),
    );
    return new Database(undefined, pool, '', '', passwordOf(adminUrl), roles);
  }

  /**
   * A key for one purpose that every node of this database derives alike, and that is not in the database: it comes
   * from the password of its URL.
   */
  deriveKey(purpose: string): Buffer {
    return createHmac('sha256', this.secret).update(`bulkhead ${purpose}`).digest();
  }

  /** @throws DatabaseUnavailableError when the database does not answer */
  async ping(): Promise<void> {
    await withConnection(this.pool, (client) => client.query('SELECT 1'));
  }

  /**
   * Writes, which a standby, a read-only or a full database refuses while it still answers questions.
   * @throws DatabaseUnavailableError also when another transaction was refused so a moment ago
   */
  async assertWritable(): Promise<void> {
    this.errors.assertWritable();
    const write = asRole('auth');
    await inTransaction(this.pool, ['BEGIN', write], (client) =>
      client.query(
        `INSERT INTO bulkhead.rate_limits (key, points, expire) VALUES ('readiness', 1, 0)
         ON CONFLICT (key) DO UPDATE SET points = (bulkhead.rate_limits.points + 1) % 1000`,
      ),
    );
  }

  /** Why transactions of this process could not be executed. */
  get errors(): DatabaseErrors {
    const errors = poolErrors.get(this.pool) ?? new DatabaseErrors();
    poolErrors.set(this.pool, errors);
    return errors;
  }

  /** After everything that queries: Nest calls it once connections and scopes are closed. */
  async onApplicationShutdown(): Promise<void> {
    pulses.get(this.pool)?.close();
    await this.pool.end();
    await this.embedded?.stop();
  }
}

function openServerPool(connectionString: string, poolSize: number, roles: RoleNames): pg.Pool {
  const logger = new Logger(Database.name);
  const pool = openPool(connectionString, {
    max: poolSize + LISTENING_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  pool.on('connect', (client) => connectionRoles.set(client, roles));
  poolErrors.set(pool, new DatabaseErrors());
  pulses.set(pool, new DatabaseWatchdog(connectionString));
  queues.set(
    pool,
    new BoundedQueue({
      atOnce: poolSize,
      atOncePerLane: Math.ceil(poolSize / 2),
      waiting: WAITING,
      refusal: (limit) => new DatabaseUnavailableError(new Error(`${limit} transactions are waiting.`)),
    }),
  );
  // Without a listener, an idle connection that breaks would end the process.
  pool.on('error', (error) => {
    // The pool ends before its connections do, and the embedded PostgreSQL cuts those that are left.
    if (!pool.ending) logger.warn(`An idle database connection was lost: ${error.message}`);
  });
  return pool;
}

/** Provides `Database`; the only place that opens it. */
export const databaseProvider = {
  provide: Database,
  inject: [PERSISTENCE_OPTIONS],
  useFactory: (options: PersistenceOptions): Promise<Database> => Database.open(options),
};
