import { accounts, sessions } from '@bulkhead/persistence';
import { sql, type SQL } from 'drizzle-orm';

/** What an identity is made of. */
export const identityColumns = {
  userId: accounts.userId,
  sessionId: sessions.sessionId,
  roles: accounts.roles,
  sessionExpiresAt: sessions.expiresAt,
} as const;

/** Holds for a session that may act, and an account that may: by the database's clock, the same for all nodes. */
export const LIVE_SESSION =
  '(sessions.revoked_at IS NULL AND sessions.expires_at > now() AND accounts.disabled_at IS NULL)';

/** The same for the query builder. */
export const isLive = (): SQL => sql.raw(LIVE_SESSION);
