import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { Database } from '../database/database.service.ts';
import { asRole } from '../sql/statement.ts';
import { inTransaction } from '../transactions/transaction.ts';

/**
 * Where rate limits are counted, for all nodes together: the `storeClient` of rate-limiter-flexible's
 * `RateLimiterPostgres` (`storeType: 'client'`, `schemaName: 'bulkhead'`, `tableName: 'rate_limits'`,
 * `tableCreated: true`). Keys that name people must be hashed.
 */
@Injectable()
export class RateLimitStore {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError */
  query(config: pg.QueryConfig): Promise<pg.QueryResult> {
    return inTransaction(this.database.pool, ['BEGIN', asRole('auth')], (client) => client.query(config));
  }
}
