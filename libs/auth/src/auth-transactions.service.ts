import { Injectable } from '@nestjs/common';
import { AccountTransactions, type TransactionDatabase } from '@bulkhead/persistence';
import { DrizzleQueryError } from 'drizzle-orm';

/** Transactions on accounts, sessions and keys, whose failures can be logged without giving a secret away. */
@Injectable()
export class AuthTransactions {
  constructor(private readonly transactions: AccountTransactions) {}

  /** @throws DatabaseUnavailableError, or whatever `work` throws; then nothing is stored */
  run<R>(work: (db: TransactionDatabase) => Promise<R>): Promise<R> {
    return this.transactions.run(async (db) => {
      try {
        return await work(db);
      } catch (error) {
        throw withoutValues(error);
      }
    });
  }
}

/**
 * The query builder's error repeats every parameter, and the database's own may repeat the row it refused:
 * password hashes, token hashes, private keys.
 */
function withoutValues(error: unknown): unknown {
  const cause = error instanceof DrizzleQueryError ? (error.cause ?? new Error('A query failed.')) : error;
  if (cause instanceof Error && 'detail' in cause) cause.detail = undefined;
  return cause;
}
