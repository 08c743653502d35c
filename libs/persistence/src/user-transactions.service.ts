import { Injectable } from '@nestjs/common';
import { UserExecutionContext } from '@bulkhead/user-context';
import pg from 'pg';
import { Database } from './database.service.ts';
import { doOnce, type Once } from './once.ts';
import { databaseOf, inTransaction, withConnection, type TransactionDatabase } from './transaction.ts';

/** One transaction in the name of one user: row-level security shows and accepts that user's rows only. */
export interface UserTransaction {
  readonly db: TransactionDatabase;
  /**
   * Runs `work` with the durable engine's rights in the same transaction, so that what it enqueues commits or
   * vanishes with the user's rows. The product's tables are out of reach meanwhile.
   */
  readonly asEngine: <R>(work: (client: pg.ClientBase) => Promise<R>) => Promise<R>;
  /** Calls `then` once everything is committed, and never when it is not. */
  readonly afterCommit: (then: () => void) => void;
}

/** One SQL statement; every value in it must go through `literal`. */
export type Statement = (literal: (value: string) => string) => string;

/** Opens transactions for a user. The user is taken from a context, never from an id. */
@Injectable()
export class UserTransactions {
  constructor(private readonly database: Database) {}

  /**
   * Runs one statement as a transaction of its own, in a single round trip: for what happens many times per run.
   * @throws DatabaseUnavailableError, or what the statement raises; then nothing is stored
   */
  async statement<Row>(context: UserExecutionContext, statement: Statement): Promise<Row[]> {
    const { userId } = UserExecutionContext.verify(context);
    const text = statementFor(userId, statement);
    const results: unknown = await withConnection(this.database.pool, (client) => client.query(text), userId);
    // The driver answers several statements with several results, which its types do not know.
    const [, { rows }] = results as [unknown, pg.QueryResult];
    return rows as Row[];
  }

  /**
   * @param once does the work once under a key; its answer must be JSON. See `doOnce`
   * @throws DatabaseUnavailableError, ContextIsolationError, or whatever `work` throws; then nothing is stored
   */
  async run<R>(
    context: UserExecutionContext,
    work: (transaction: UserTransaction) => Promise<R>,
    once?: Once,
  ): Promise<R> {
    const { userId } = UserExecutionContext.verify(context);
    const onCommit: (() => void)[] = [];
    const transact = (client: pg.PoolClient): Promise<R> => {
      const transaction = transactionOn(client, onCommit);
      return once ? doOnce(transaction.db, userId, once, () => work(transaction)) : work(transaction);
    };
    const result = await inTransaction(this.database.pool, openingFor(userId), transact, userId);
    for (const then of onCommit) then();
    return result;
  }
}

/**
 * A simple query of two statements is one transaction and one round trip; the protocol has no parameters there, so
 * values go in as literals.
 */
const statementFor = (userId: string, statement: Statement): string =>
  `SELECT set_config('role', 'bulkhead_app', true), set_config('app.user_id', ${pg.escapeLiteral(userId)}, true); ` +
  statement(pg.escapeLiteral);

/** Role and user are local to the transaction: a pooled connection carries neither to the next user. */
const openingFor = (userId: string): string =>
  `BEGIN; SET LOCAL ROLE bulkhead_app; SELECT set_config('app.user_id', ${pg.escapeLiteral(userId)}, true)`;

const transactionOn = (client: pg.PoolClient, onCommit: (() => void)[]): UserTransaction => ({
  db: databaseOf(client),
  asEngine: async (work) => {
    await client.query('SET LOCAL ROLE bulkhead_engine');
    const result = await work(client);
    await client.query('SET LOCAL ROLE bulkhead_app');
    return result;
  },
  afterCommit: (then) => void onCommit.push(then),
});
