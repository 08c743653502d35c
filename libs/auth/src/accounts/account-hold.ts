import { accounts, sessions, type TransactionDatabase } from '@bulkhead/persistence';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { TokenSubject } from '../tokens/access-tokens.service.ts';
import { RecentSignInRequiredError, UnauthenticatedError } from '../auth.errors.ts';
import { isLive } from '../sessions/live-session.ts';
import { permissionsOf } from '../permissions.ts';

/** An account that may act. */
export type LiveAccount = typeof accounts.$inferSelect;

/** How long after a sign-in its session may raise anybody's rights, in minutes. */
export const RECENT_SIGN_IN_MINUTES = 10;

/**
 * Holds an account until the transaction ends: nobody disables, demotes or deletes it meanwhile, and whatever is
 * counted of it stays true. Everything that makes a credential asks this first, so that none outlives the disabling
 * of its account, and no limit is outrun.
 * @throws UnauthenticatedError when the account is gone or disabled
 */
export async function holdAccount(db: TransactionDatabase, userId: string): Promise<LiveAccount> {
  // Weaker than an update's lock on purpose: rows that refer to the account are inserted meanwhile.
  const [account] = await db.select().from(accounts).where(eq(accounts.userId, userId)).for('no key update');
  if (!account || account.disabledAt) throw new UnauthenticatedError(new Error('The account may not act.'));
  return account;
}

/**
 * Passes for a session that a person opened by signing in within the last ten minutes: neither an API key nor a stolen
 * session from earlier raises rights.
 * @throws RecentSignInRequiredError
 */
export async function assertRecentSignIn(
  db: TransactionDatabase,
  { userId, sessionId }: TokenSubject,
): Promise<void> {
  const recent = await db
    .select({ sessionId: sessions.sessionId })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.userId, sessions.userId))
    .where(
      and(
        eq(sessions.sessionId, sessionId),
        eq(sessions.userId, userId),
        sql`${sessions.kind} <> 'api_key'`,
        sql`${sessions.signedInAt} > now() - make_interval(mins => ${RECENT_SIGN_IN_MINUTES})`,
        isLive(),
      ),
    );
  if (recent.length === 0) throw new RecentSignInRequiredError(RECENT_SIGN_IN_MINUTES);
}

/** Ends every session, refresh token and API key of a user for good. */
export async function endCredentials(
  db: TransactionDatabase,
  userId: string,
  reason: 'account_disabled',
): Promise<void> {
  // Expired ones too: a provider's next token would prolong them.
  await db
    .update(sessions)
    .set({ revokedAt: sql`now()`, revokedReason: reason })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)));
}

/** Takes from a user's API keys, for good, what these roles do not permit: no later role gives it back. */
export async function narrowApiKeys(
  db: TransactionDatabase,
  userId: string,
  roles: readonly string[],
): Promise<void> {
  const permitted = sql`array(select jsonb_array_elements_text(${JSON.stringify(permissionsOf(roles))}::jsonb))`;
  await db.execute(sql`
    update bulkhead.api_keys
       set permissions = array(select p from unnest(permissions) with ordinality as held(p, place)
                                where p = any(${permitted}) order by place)
     where user_id = ${userId}::uuid and not permissions <@ ${permitted}`);
}
