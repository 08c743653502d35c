import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.service.ts';
import { asRole } from '../sql/statement.ts';
import { databaseOf, inTransaction, type TransactionDatabase } from './transaction.ts';

/**
 * Transactions that remove old events of any user. They can neither read what events say nor delete what a thread
 * still offers. Only the retention of libs/events may use it.
 */
@Injectable()
export class PrunerTransactions {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError, or whatever `work` throws; then nothing is removed */
  run<R>(work: (db: TransactionDatabase) => Promise<R>): Promise<R> {
    return inTransaction(this.database.pool, ['BEGIN', asRole('pruner')], (client) =>
      work(databaseOf(client)),
    );
  }
}
