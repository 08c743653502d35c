import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.service.ts';
import { asRole } from '../sql/statement.ts';
import { databaseOf, inTransaction, type TransactionDatabase } from './transaction.ts';

/** A transaction that reads and adds changes of flags. */
export interface FlagTransaction {
  readonly db: TransactionDatabase;
  /** Runs `work` with the authenticator's rights in the same transaction: it keeps the audit log of who has no context. */
  readonly asAuthenticator: <R>(work: () => Promise<R>) => Promise<R>;
}

/** Transactions on the feature flags, which belong to no user. Only libs/flags may use it. */
@Injectable()
export class FlagTransactions {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError, or whatever `work` throws; then nothing is stored */
  run<R>(work: (transaction: FlagTransaction) => Promise<R>): Promise<R> {
    return inTransaction(this.database.pool, ['BEGIN', asRole('engine')], (client) =>
      work({
        db: databaseOf(client),
        asAuthenticator: async (audited) => {
          await client.query(`SET LOCAL ROLE ${this.database.roles.auth}`);
          const result = await audited();
          await client.query(`SET LOCAL ROLE ${this.database.roles.engine}`);
          return result;
        },
      }),
    );
  }
}
