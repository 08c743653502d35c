import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.service.ts';
import { asRole } from '../sql/statement.ts';
import { databaseOf, inTransaction, type TransactionDatabase } from './transaction.ts';

/**
 * Transactions that read what an administrator may know of every user: who there is, which sessions and runs. The
 * role has no right to a column that says what somebody or an agent wrote, and none to change anything, so that not
 * even a wrong query shows content. Only the administration of libs/auth and libs/execution may use it.
 */
@Injectable()
export class AdminTransactions {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError, or whatever `work` throws */
  run<R>(work: (db: TransactionDatabase) => Promise<R>): Promise<R> {
    return inTransaction(this.database.pool, ['BEGIN READ ONLY', asRole('admin')], (client) =>
      work(databaseOf(client)),
    );
  }
}
