import { Injectable } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { AccountTransactions, sessions } from '@bulkhead/persistence';
import { Identity } from '@bulkhead/user-context';
import { and, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';

/** A sign-in that is good still. */
export interface SessionSummary {
  readonly sessionId: string;
  readonly kind: 'sign_in' | 'provider';
  /** What the client called itself; null when it did not. */
  readonly userAgent: string | null;
  /** ISO 8601, UTC; so are the others. */
  readonly createdAt: string;
  /** Null until it is used again; at most a minute old, for sign-ins the time of the last refresh. */
  readonly lastUsedAt: string | null;
  readonly expiresAt: string;
  /** It is the one that asks. */
  readonly isCurrent: boolean;
}

/** Sessions that one answer lists; who has more sees the newest. */
const MAX_LISTED = 200;
const signIns = ['sign_in', 'provider'] as const;

/** What users may see and do about their own sign-ins. */
@Injectable()
export class UserSessions {
  constructor(
    private readonly transactions: AccountTransactions,
    private readonly audit: AuditLog,
  ) {}

  /** Those that are good still, newest first, 200 at most. */
  async list(identity: Identity): Promise<SessionSummary[]> {
    const { userId, sessionId: own } = Identity.verify(identity);
    const rows = await this.transactions.run((db) =>
      db
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), inArray(sessions.kind, [...signIns]), isOpen()))
        .orderBy(desc(sessions.createdAt), desc(sessions.sessionId))
        .limit(MAX_LISTED),
    );
    return rows.map(({ sessionId, kind, userAgent, createdAt, lastUsedAt, expiresAt }) => ({
      sessionId,
      kind: kind === 'provider' ? kind : 'sign_in',
      userAgent,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      expiresAt: expiresAt.toISOString(),
      isCurrent: sessionId === own,
    }));
  }

  /**
   * Ends one of the user's own, on every node within a moment.
   * @throws ResourceNotFoundError for a foreign, an ended and an absent one alike
   */
  async end(identity: Identity, sessionId: string): Promise<void> {
    const { userId } = Identity.verify(identity);
    await this.transactions.run(async (db) => {
      const ended = await db
        .update(sessions)
        .set({ revokedAt: sql`now()`, revokedReason: 'ended_by_user' })
        .where(
          and(
            eq(sessions.sessionId, sessionId),
            eq(sessions.userId, userId),
            inArray(sessions.kind, [...signIns]),
            isOpen(),
          ),
        )
        .returning({ sessionId: sessions.sessionId });
      if (ended.length === 0) throw new ResourceNotFoundError('session');
      await this.audit.appendAs(db, userId, 'session.ended', { sessionId, reason: 'ended_by_user' });
    });
  }
}

const isOpen = () => and(isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`now()`));
