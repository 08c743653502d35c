import { Injectable } from '@nestjs/common';
import { UserExecutionContext } from '@bulkhead/user-context';
import type pg from 'pg';
import { Database } from '../database/database.service.ts';
import type { RoleNames } from '../postgres/role-names.ts';
import { doOnce, type Once } from '../idempotency/idempotency.ts';
import { sendTo } from '../sql/prepared-statements.ts';
import type { Statement } from '../sql/statement.ts';
import { databaseOf, inTransaction, withConnection, type TransactionDatabase } from './transaction.ts';

/** One transaction in the name of one user: row-level security shows and accepts that user's rows only. */
export interface UserTransaction {
  readonly db: TransactionDatabase;
  /** Rows of the statement that the transaction was opened with. */
  readonly opened: readonly unknown[];
  /** Sends statements in a single round trip. @returns the rows of each */
  readonly send: <Row>(...statements: Statement[]) => Promise<Row[][]>;
  /** Adds a statement that goes to the database with the commit, in no round trip of its own. */
  readonly atCommit: (statement: Statement) => void;
  /** Calls `then` once everything is committed, and never when it is not. */
  readonly afterCommit: (then: () => void) => void;
}

/** How a transaction begins. */
export interface TransactionOptions {
  /** Does the work once under a key; its answer must be JSON. See `doOnce`. */
  readonly once?: Once | undefined;
  /** Go to the database with the BEGIN; the transaction has the rows of the last as `opened`. */
  readonly first?: readonly Statement[] | undefined;
}

/** Opens transactions for a user. The user is taken from a context, never from an id. */
@Injectable()
export class UserTransactions {
  constructor(private readonly database: Database) {}

  /**
   * Runs one statement as a transaction of its own, in a single round trip: for what happens many times per run.
   * @throws DatabaseUnavailableError, or what the statement raises; then nothing is stored
   */
  async statement<Row>(context: UserExecutionContext, statement: Statement): Promise<Row[]> {
    const [rows = []] = await this.statements<Row>(context, [statement]);
    return rows;
  }

  /** The same for several, one after the other in one transaction. @returns the rows of each */
  async statements<Row>(context: UserExecutionContext, statements: readonly Statement[]): Promise<Row[][]> {
    const { userId } = UserExecutionContext.verify(context);
    // Several commands in one message are one transaction.
    const parts = [asUser(userId, this.database.roles), ...statements];
    const results = await withConnection(this.database.pool, (client) => sendTo(client, parts), userId);
    return results.slice(1).map(({ rows }) => rows as Row[]);
  }

  /** @throws DatabaseUnavailableError, ContextIsolationError, or whatever `work` throws; then nothing is stored */
  async run<R>(
    context: UserExecutionContext,
    work: (transaction: UserTransaction) => Promise<R>,
    { once, first = [] }: TransactionOptions = {},
  ): Promise<R> {
    const { userId } = UserExecutionContext.verify(context);
    const onCommit: (() => void)[] = [];
    const closing: Statement[] = [];
    const transact = (client: pg.PoolClient, opened: readonly unknown[]): Promise<R> => {
      const transaction = transactionOn(client, opened, closing, onCommit);
      return once ? doOnce(transaction.db, userId, once, () => work(transaction)) : work(transaction);
    };
    const opening = ['BEGIN', asUser(userId, this.database.roles), ...first];
    const result = await inTransaction(this.database.pool, opening, transact, {
      closing: () => closing,
      lane: userId,
    });
    for (const then of onCommit) then();
    return result;
  }
}

/** Role and user are local to the transaction: a pooled connection carries neither to the next user. */
const asUser =
  (userId: string, roles: RoleNames): Statement =>
  (literal) =>
    `SELECT set_config('role', '${roles.app}', true), set_config('app.user_id', ${literal(userId)}, true)`;

const transactionOn = (
  client: pg.PoolClient,
  opened: readonly unknown[],
  closing: Statement[],
  onCommit: (() => void)[],
): UserTransaction => ({
  db: databaseOf(client),
  opened,
  send: async <Row>(...statements: Statement[]): Promise<Row[][]> =>
    (await sendTo(client, statements)).map(({ rows }) => rows as Row[]),
  atCommit: (statement) => void closing.push(statement),
  afterCommit: (then) => void onCommit.push(then),
});
