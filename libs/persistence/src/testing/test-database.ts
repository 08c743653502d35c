import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anIdentity } from '@bulkhead/user-context/testing';
import type { Identity } from '@bulkhead/user-context';
import type pg from 'pg';
import { AccountTransactions } from '../transactions/account-transactions.service.ts';
import { Database, type PersistenceOptions } from '../database/database.service.ts';
import { openClient } from '../postgres/connections.ts';
import { EmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { accounts } from '../schema/index.ts';
import { UserTransactions } from '../transactions/user-transactions.service.ts';

/** A migrated PostgreSQL of the spec's own; call `close` when done. */
export interface TestDatabase {
  readonly database: Database;
  readonly transactions: UserTransactions;
  /** Superuser URL, to look behind row-level security or to plant a defect. */
  readonly adminUrl: string;
  readonly options: PersistenceOptions;
  /** Stores an account and gives its identity. */
  signUp(claims?: Parameters<typeof anIdentity>[0]): Promise<Identity>;
  asAdmin<R>(work: (client: pg.Client) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

export async function openTestDatabase(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-test-'));
  const postgres = await EmbeddedPostgres.start({ dataDir, durable: false });
  const options = { databaseUrl: postgres.url, dataDir, poolSize: 10 };
  const database = await Database.open(options).catch(async (error: unknown) => {
    // Otherwise a spec whose database can't be prepared never ends.
    await postgres.stop();
    throw error;
  });
  const accountTransactions = new AccountTransactions(database);
  return {
    database,
    transactions: new UserTransactions(database),
    adminUrl: postgres.url,
    options,
    signUp: async (claims) => {
      const identity = anIdentity(claims);
      const account = { userId: identity.userId, displayName: 'Ada', passwordHash: '-' };
      await accountTransactions.run((db) =>
        db.insert(accounts).values({ ...account, email: `${randomUUID()}@bulkhead.example` }),
      );
      return identity;
    },
    asAdmin: (work) => withClient(postgres.url, work),
    close: async () => {
      await database.onApplicationShutdown();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function withClient<R>(connectionString: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = openClient(connectionString);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
