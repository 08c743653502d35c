import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.service.ts';
import { sendTo } from '../sql/prepared-statements.ts';
import { asRole, type Statement } from '../sql/statement.ts';
import { databaseOf, inTransaction, withConnection, type TransactionDatabase } from './transaction.ts';

/**
 * Transactions of the authenticator, which reads accounts before a user is known. Only libs/auth may use it, and the
 * administration of quotas.
 */
@Injectable()
export class AccountTransactions {
  constructor(private readonly database: Database) {}

  /**
   * @param whose who says to be asking, so that one who asks a lot waits for himself; absent: nobody
   * @throws DatabaseUnavailableError, or whatever `work` throws; then nothing is stored
   */
  run<R>(work: (db: TransactionDatabase) => Promise<R>, whose?: string): Promise<R> {
    return inTransaction(
      this.database.pool,
      ['BEGIN', asRole('auth')],
      (client) => work(databaseOf(client)),
      {
        ...(whose !== undefined && { lane: whose }),
      },
    );
  }

  /**
   * One statement as a transaction of its own, in a single round trip.
   * @throws DatabaseUnavailableError, or what the statement raises; then nothing is stored
   */
  async statement<Row>(statement: Statement, whose?: string): Promise<Row[]> {
    const parts = [asRole('auth'), statement];
    const results = await withConnection(this.database.pool, (client) => sendTo(client, parts), whose);
    return (results.at(-1)?.rows ?? []) as Row[];
  }
}
