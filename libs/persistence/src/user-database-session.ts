import { Injectable, Scope } from '@nestjs/common';
import { UserContextScope, UserExecutionContext, type DatabaseSession } from '@bulkhead/user-context';
import type { Once } from './once.ts';
import { UserTransactions, type Statement, type UserTransaction } from './user-transactions.service.ts';

/** The context's own way to the database: bound to it for its scope's life, useless before and after. */
@Injectable({ scope: Scope.REQUEST })
export class UserDatabaseSession implements DatabaseSession {
  constructor(
    readonly context: UserExecutionContext,
    private readonly scope: UserContextScope,
    private readonly transactions: UserTransactions,
  ) {
    context.bindDatabaseSession(this);
  }

  /**
   * One statement in a transaction of its own and a single round trip; see `UserTransactions.statement`.
   * @throws ContextIsolationError after the scope has closed
   */
  async statement<Row>(statement: Statement): Promise<Row[]> {
    this.scope.assertOpen();
    return this.transactions.statement(this.context, statement);
  }

  /**
   * @param once does the work once under a key; see `UserTransactions.run`
   * @throws ContextIsolationError after the scope has closed
   * @throws DatabaseUnavailableError, or whatever `work` throws; then nothing is stored
   */
  async transaction<R>(work: (transaction: UserTransaction) => Promise<R>, once?: Once): Promise<R> {
    this.scope.assertOpen();
    return this.transactions.run(this.context, work, once);
  }
}
