import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { ResourceNotFoundError } from '@bulkhead/errors';
import {
  AccountTransactions,
  AdminTransactions,
  accounts,
  removedSubjects,
  sessions,
  type TransactionDatabase,
} from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { assertRecentSignIn, endCredentials, narrowApiKeys } from '../accounts/account-hold.ts';
import { OwnAccountError, RolesFromProviderError } from '../auth.errors.ts';
import { LOCAL_ACCOUNTS } from '../accounts/local-accounts.ts';
import type { Role } from '../permissions.ts';
import { toUser, userColumns, type AdministeredSession, type AdministeredUser } from './administered-user.ts';

/** Where a page begins: after the row that these name. */
interface PageStart {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly id: string;
}

export interface UserChange {
  readonly roles?: readonly Role[] | undefined;
  readonly isDisabled?: boolean | undefined;
}

/** Milliseconds, as a page's cursor has them. */
const createdAt = sql`date_trunc('milliseconds', ${accounts.createdAt})`;

/**
 * What administrators may do about users. Reads go through a role that sees no content; every act is written into the
 * administrator's audit log, and takes effect on open connections of every node within a moment.
 */
@Injectable()
export class UserAdministration {
  constructor(
    private readonly reading: AdminTransactions,
    private readonly writing: AccountTransactions,
    private readonly audit: AuditLog,
  ) {}

  /** Newest first. @param email only the account with this email, without regard to capitals */
  async list(limit: number, from?: PageStart, email?: string): Promise<AdministeredUser[]> {
    const isBefore =
      from && sql`(${createdAt}, ${accounts.userId}) < (${from.createdAt}::timestamptz, ${from.id}::uuid)`;
    const hasEmail =
      email === undefined ? undefined : eq(sql`lower(${accounts.email})`, sql`lower(${email})`);
    const rows = await this.reading.run((db) =>
      db
        .select(userColumns)
        .from(accounts)
        .where(and(isBefore, hasEmail))
        .orderBy(desc(createdAt), desc(accounts.userId))
        .limit(limit),
    );
    return rows.map(toUser);
  }

  /** @throws ResourceNotFoundError */
  async get(userId: string): Promise<AdministeredUser> {
    const [row] = await this.reading.run((db) =>
      db.select(userColumns).from(accounts).where(eq(accounts.userId, userId)),
    );
    if (!row) throw new ResourceNotFoundError('user');
    return toUser(row);
  }

  /** Sessions and API keys that are good still, newest first. */
  async sessionsOf(userId: string, limit: number): Promise<AdministeredSession[]> {
    const rows = await this.reading.run((db) =>
      db
        .select({
          sessionId: sessions.sessionId,
          kind: sessions.kind,
          userAgent: sessions.userAgent,
          createdAt: sessions.createdAt,
          expiresAt: sessions.expiresAt,
        })
        .from(sessions)
        .where(and(eq(sessions.userId, userId), isOpen()))
        .orderBy(desc(sessions.createdAt), desc(sessions.sessionId))
        .limit(limit),
    );
    return rows.map((row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    }));
  }

  /**
   * Disabling ends the user's credentials for good, and a role that is taken ends what API keys had by it: enabling or
   * promoting again revives neither. Roles and enabling need a recent sign-in of the administrator.
   * @throws ResourceNotFoundError, OwnAccountError, RolesFromProviderError, RecentSignInRequiredError
   */
  async change(
    actor: UserExecutionContext,
    userId: string,
    { roles, isDisabled }: UserChange,
  ): Promise<AdministeredUser> {
    return this.#act(actor, userId, async (db, user) => {
      if (roles && user.rolesAsOf) throw new RolesFromProviderError();
      if (roles || isDisabled === false) await assertRecentSignIn(db, actor.identity);
      const disabledAt = isDisabled ? sql`coalesce(${accounts.disabledAt}, now())` : null;
      const change = {
        ...(roles && { roles: [...new Set(roles)] }),
        // At the enabling too: a token from before opens nothing, wherever it was kept meanwhile.
        ...(isDisabled !== undefined && { disabledAt, tokensValidAfter: sql`now()` }),
      };
      if (isDisabled) await endCredentials(db, userId, 'account_disabled');
      if (roles) await narrowApiKeys(db, userId, roles);
      const [row] = await db
        .update(accounts)
        .set(change)
        .where(eq(accounts.userId, userId))
        .returning(userColumns);
      if (!row) throw new ResourceNotFoundError('user');
      return [toUser(row), { act: 'user.changed', ...(roles && { roles }), isDisabled }];
    });
  }

  /**
   * Deletes an account and everything of its user but the audit log. Runs that are under way end, because nothing
   * they write finds its thread any more; an OpenID provider's word does not bring the account back.
   * @throws ResourceNotFoundError, OwnAccountError
   */
  async remove(actor: UserExecutionContext, userId: string): Promise<void> {
    await this.#act(actor, userId, async (db, { issuer, subject }) => {
      if (issuer !== LOCAL_ACCOUNTS && subject !== null) {
        const subjectHash = createHash('sha256').update(subject).digest('hex');
        await db.insert(removedSubjects).values({ issuer, subjectHash }).onConflictDoNothing();
      }
      await db.delete(accounts).where(eq(accounts.userId, userId));
      return [undefined, { act: 'user.deleted' }];
    });
  }

  /** Ends a session or an API key of anybody. @throws ResourceNotFoundError */
  async endSession(actor: UserExecutionContext, sessionId: string): Promise<void> {
    UserExecutionContext.verify(actor);
    await this.writing.run(async (db) => {
      const [ended] = await db
        .update(sessions)
        .set({ revokedAt: sql`now()`, revokedReason: 'ended_by_admin' })
        .where(and(eq(sessions.sessionId, sessionId), isOpen()))
        .returning({ userId: sessions.userId });
      if (!ended) throw new ResourceNotFoundError('session');
      await this.audit.appendBy(db, actor, 'admin.acted', {
        act: 'session.ended',
        ...ended,
        sessionId,
      });
    });
  }

  async #act<R>(
    actor: UserExecutionContext,
    userId: string,
    work: (
      db: TransactionDatabase,
      user: typeof accounts.$inferSelect,
    ) => Promise<readonly [result: R, details: object]>,
  ): Promise<R> {
    // So that there is an administrator left, whatever two of them do to each other one after the other.
    if (UserExecutionContext.verify(actor).userId === userId) throw new OwnAccountError();
    return this.writing.run(async (db) => {
      const [user] = await db.select().from(accounts).where(eq(accounts.userId, userId)).for('update');
      if (!user) throw new ResourceNotFoundError('user');
      const [result, details] = await work(db, user);
      await this.audit.appendBy(db, actor, 'admin.acted', { ...details, userId });
      return result;
    });
  }
}

const isOpen = () => and(isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`now()`));
