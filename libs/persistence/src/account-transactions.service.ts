import { Injectable } from '@nestjs/common';
import { Database } from './database.service.ts';
import { databaseOf, inTransaction, type TransactionDatabase } from './transaction.ts';

/**
 * Transactions of the authenticator, which reads accounts before a user is known. Only libs/auth may use it, and the
 * administration of quotas.
 */
@Injectable()
export class AccountTransactions {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError, or whatever `work` throws; then nothing is stored */
  run<R>(work: (db: TransactionDatabase) => Promise<R>): Promise<R> {
    return inTransaction(this.database.pool, 'BEGIN; SET LOCAL ROLE bulkhead_auth', (client) =>
      work(databaseOf(client)),
    );
  }
}
