import { accounts, apiKeys, sessions, type TransactionDatabase } from '@bulkhead/persistence';
import { and, eq, inArray } from 'drizzle-orm';
import { isLive } from '../sessions/live-session.ts';
import { permissionsOf } from '../permissions.ts';

/** What a session may do at this moment. */
export interface Standing {
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
}

/** The standing of each of these sessions that may act; one that is missing from the answer has ended. */
export async function standingOf(
  db: TransactionDatabase,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const rows = await db
    .select({ sessionId: sessions.sessionId, roles: accounts.roles, scopes: apiKeys.permissions })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.userId, sessions.userId))
    .leftJoin(apiKeys, eq(apiKeys.sessionId, sessions.sessionId))
    .where(and(inArray(sessions.sessionId, [...sessionIds]), isLive()));
  return new Map(
    rows.map(({ sessionId, roles, scopes }) => [
      sessionId,
      { roles, permissions: permissionsOf(roles, scopes) },
    ]),
  );
}

export const isSameStanding = (one: Standing, other: Standing): boolean =>
  isSameList(one.roles, other.roles) && isSameList(one.permissions, other.permissions);

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);
