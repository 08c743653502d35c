import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.service.ts';
import { asRole } from '../sql/statement.ts';
import { databaseOf, inTransaction, type TransactionDatabase } from './transaction.ts';

/** Transactions that see everybody's place in the queue: ids and times, no content. Only libs/execution may use it. */
@Injectable()
export class QueueTransactions {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError, or whatever `work` throws; then nothing is changed */
  run<R>(work: (db: TransactionDatabase) => Promise<R>): Promise<R> {
    return inTransaction(this.database.pool, ['BEGIN', asRole('engine')], (client) =>
      work(databaseOf(client)),
    );
  }
}
