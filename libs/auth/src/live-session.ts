import { accounts, sessions } from '@bulkhead/persistence';
import { and, gt, isNull, sql, type SQL } from 'drizzle-orm';

/** Holds for a session that may act, and an account that may: by the database's clock, the same for all nodes. */
export const isLive = (): SQL | undefined =>
  and(isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`now()`), isNull(accounts.disabledAt));
