import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog, type AuditAction } from '@bulkhead/audit';
import {
  AccountTransactions,
  accounts,
  removedSubjects,
  sessions,
  type Statement,
  type TransactionDatabase,
} from '@bulkhead/persistence';
import { and, eq, sql } from 'drizzle-orm';
import { narrowApiKeys } from '../accounts/account-hold.ts';
import { UnauthenticatedError } from '../auth.errors.ts';
import { concerning } from '../accounts/concerned-account.ts';
import type { ProviderOptions } from '../auth.options.ts';
import { isLive, LIVE_SESSION } from '../sessions/live-session.ts';
import { sessionIdOf, type ProviderSubject } from './provider-claims.ts';

export interface ProviderSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly issuer: string;
  readonly roles: string[];
}

/** The account is disabled or gone, or the sign-in has ended. */
interface NoSession {
  readonly refusedUserId?: string;
}

/**
 * Accounts of people who sign in elsewhere, made when they first come. Issuer and subject together name an account,
 * and nothing else does: an email that a provider tells opens nobody's local account.
 */
@Injectable()
export class ProviderAccounts {
  constructor(
    private readonly transactions: AccountTransactions,
    private readonly audit: AuditLog,
  ) {}

  /** @throws UnauthenticatedError when the account is disabled or deleted, or the sign-in was ended here */
  async sessionOf(options: ProviderOptions, subject: ProviderSubject): Promise<ProviderSession> {
    const session = (await this.#known(options, subject)) ?? (await this.#opened(options, subject));
    if ('sessionId' in session) return session;
    const reason = new Error('The account or the sign-in was ended here.');
    throw concerning(new UnauthenticatedError(reason), session.refusedUserId);
  }

  /** A sign-in of which the token tells nothing new: on the way of nearly every request, so as text and without a lock. */
  async #known(options: ProviderOptions, subject: ProviderSubject): Promise<ProviderSession | undefined> {
    const { issuer } = options;
    const whose = laneOf(options, subject);
    const isTheirs: Statement = (literal) =>
      `issuer = ${literal(issuer)} AND subject = ${literal(subject.subject)}`;
    const [account] = await this.transactions.statement<{ userId: string }>(
      (literal) => `SELECT user_id AS "userId" FROM bulkhead.accounts WHERE ${isTheirs(literal)}`,
      whose,
    );
    if (!account) return undefined;
    const { userId } = account;
    const sessionId = sessionIdOf(userId, subject.signIn);
    const [known] = await this.transactions.statement<KnownRoles>(
      (literal) =>
        `SELECT roles, roles_as_of AS "rolesAsOf" FROM bulkhead.sessions JOIN bulkhead.accounts USING (user_id)
          WHERE session_id = ${literal(sessionId)} AND user_id = ${literal(userId)} AND ${isTheirs(literal)}
            AND sessions.expires_at >= ${literal(new Date(subject.expiresAt).toISOString())} AND ${LIVE_SESSION}
            AND coalesce(tokens_valid_after, '-infinity') < ${literal(subject.issuedAt.toISOString())}
            AND coalesce(signed_in_at, '-infinity') >= ${literal(subject.signedInAt?.toISOString() ?? '-infinity')}`,
      whose,
    );
    if (!known || newRoles(known, subject)) return undefined;
    return { userId, sessionId, issuer, roles: known.roles };
  }

  /** Makes whatever is not there yet: the account, its roles, the session. */
  #opened(options: ProviderOptions, subject: ProviderSubject): Promise<ProviderSession | NoSession> {
    return this.transactions.run(
      async (db) => {
        const { issuer } = options;
        const happened: [action: AuditAction, details: object][] = [];
        let account = await find(db, options, subject);
        if (!account) {
          if (await create(db, options, subject)) happened.push(['sign_up.succeeded', { issuer }]);
          account = await find(db, options, subject);
        }
        if (!account) return {};
        const { userId, disabledAt, tokensValidAfter } = account;
        const isStale = tokensValidAfter !== null && subject.issuedAt <= tokensValidAfter;
        if (disabledAt || isStale) return { refusedUserId: userId };
        const roles = await currentRoles(db, account, subject);
        if (roles !== account.roles) happened.push(['roles.changed', { issuer, roles }]);
        const sessionId = sessionIdOf(userId, subject.signIn);
        const standing = await open(db, userId, sessionId, subject);
        if (standing === 'ended') return { refusedUserId: userId };
        if (standing === 'new') happened.push(['sign_in.succeeded', { issuer, sessionId }]);
        // Last, and only when there is something: it holds the user's chain until the commit.
        for (const [action, details] of happened) await this.audit.appendAs(db, userId, action, details);
        return { userId, sessionId, issuer, roles };
      },
      laneOf(options, subject),
    );
  }
}

const laneOf = ({ issuer }: ProviderOptions, { subject }: ProviderSubject): string => `${issuer} ${subject}`;

type Account = typeof accounts.$inferSelect;
type KnownRoles = Pick<Account, 'roles' | 'rolesAsOf'>;

async function find(
  db: TransactionDatabase,
  { issuer }: ProviderOptions,
  { subject }: ProviderSubject,
): Promise<Account | undefined> {
  const isTheirs = and(eq(accounts.issuer, issuer), eq(accounts.subject, subject));
  // Held as `holdAccount` does: whatever is opened here is not opened for an account that is being disabled.
  return (await db.select().from(accounts).where(isTheirs).for('no key update'))[0];
}

/** @returns whether it was made here: perhaps it may not be, perhaps somebody else comes at the same time */
async function create(
  db: TransactionDatabase,
  { issuer, defaultRoles }: ProviderOptions,
  { subject, displayName, email, roles, issuedAt }: ProviderSubject,
): Promise<boolean> {
  const subjectHash = createHash('sha256').update(subject).digest('hex');
  const isRemoved = and(eq(removedSubjects.issuer, issuer), eq(removedSubjects.subjectHash, subjectHash));
  if ((await db.select().from(removedSubjects).where(isRemoved)).length > 0) return false;
  const made = await db
    .insert(accounts)
    .values({
      userId: randomUUID(),
      issuer,
      subject,
      displayName,
      email,
      roles: [...(roles ?? defaultRoles)],
      ...(roles && { rolesAsOf: issuedAt }),
    })
    .onConflictDoNothing()
    .returning({ userId: accounts.userId });
  return made.length > 0;
}

/** What the newest token says about roles counts, also for those who come with an older one. Absent: nothing new. */
function newRoles(
  { roles: known, rolesAsOf }: KnownRoles,
  { roles, issuedAt }: ProviderSubject,
): string[] | undefined {
  if (!roles || (rolesAsOf && issuedAt <= rolesAsOf)) return undefined;
  const isSame =
    rolesAsOf && known.length === roles.length && known.every((role, index) => role === roles[index]);
  return isSame ? undefined : [...roles];
}

async function currentRoles(
  db: TransactionDatabase,
  account: Account,
  subject: ProviderSubject,
): Promise<string[]> {
  const { userId, roles: known } = account;
  const { issuedAt } = subject;
  const roles = newRoles(account, subject);
  if (!roles) return known;
  const [row] = await db
    .update(accounts)
    .set({ roles, rolesAsOf: issuedAt })
    .where(
      and(
        eq(accounts.userId, userId),
        sql`coalesce(${accounts.rolesAsOf}, '-infinity') <= ${issuedAt.toISOString()}::timestamptz`,
      ),
    )
    .returning({ roles: accounts.roles });
  if (row) await narrowApiKeys(db, userId, row.roles);
  return row?.roles ?? known;
}

/**
 * A sign-in without a time counts from its first use here, if its tokens share an id. If they don't, each new token
 * would look like a sign-in, also one that a program fetched.
 */
const firstUse = (signIn: string) => (signIn.startsWith('sid ') ? sql`now()` : null);

/** What a sign-in elsewhere is here: used for the first time, known, or ended. */
type Standing = 'new' | 'known' | 'ended';

async function open(
  db: TransactionDatabase,
  userId: string,
  sessionId: string,
  { expiresAt, signedInAt, signIn }: ProviderSubject,
): Promise<Standing> {
  const isOne = eq(sessions.sessionId, sessionId);
  const end = new Date(expiresAt);
  const [known] = await db
    .select({ expiresAt: sessions.expiresAt, signedInAt: sessions.signedInAt })
    .from(sessions)
    .where(isOne);
  let standing: Standing = 'known';
  if (!known) {
    const inserted = await db
      .insert(sessions)
      .values({
        sessionId,
        userId,
        kind: 'provider',
        expiresAt: end,
        signedInAt: signedInAt ?? firstUse(signIn),
      })
      .onConflictDoNothing()
      .returning({ sessionId: sessions.sessionId });
    if (inserted.length > 0) standing = 'new';
  } else if (known.expiresAt < end || (signedInAt && signedInAt > (known.signedInAt ?? new Date(0)))) {
    const newest = sql`greatest(${sessions.signedInAt}, ${signedInAt?.toISOString() ?? null}::timestamptz)`;
    const latest = sql`greatest(${sessions.expiresAt}, ${end.toISOString()}::timestamptz)`;
    await db.update(sessions).set({ expiresAt: latest, signedInAt: newest }).where(isOne);
  }
  const live = await db
    .select({ sessionId: sessions.sessionId })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.userId, sessions.userId))
    .where(and(isOne, isLive()));
  return live.length > 0 ? standing : 'ended';
}
