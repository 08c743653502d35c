import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  AccountTransactions,
  accounts,
  removedSubjects,
  sessions,
  type TransactionDatabase,
} from '@bulkhead/persistence';
import { and, eq, sql } from 'drizzle-orm';
import { UnauthenticatedError } from '../auth.errors.ts';
import type { ProviderOptions } from '../auth.options.ts';
import { isLive } from '../live-session.ts';
import { sessionIdOf, type ProviderSubject } from './provider-claims.ts';

export interface ProviderSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly issuer: string;
  readonly roles: string[];
}

/**
 * Accounts of people who sign in elsewhere, made when they first come. Issuer and subject together name an account,
 * and nothing else does: an email that a provider tells opens nobody's local account.
 */
@Injectable()
export class ProviderAccounts {
  constructor(private readonly transactions: AccountTransactions) {}

  /** @throws UnauthenticatedError when the account is disabled or deleted, or the sign-in was ended here */
  async sessionOf(options: ProviderOptions, subject: ProviderSubject): Promise<ProviderSession> {
    const session = await this.transactions.run(async (db) => {
      const account = (await find(db, options, subject)) ?? (await create(db, options, subject));
      if (!account || account.disabledAt) return undefined;
      const { userId } = account;
      const roles = await currentRoles(db, account, subject);
      const sessionId = sessionIdOf(userId, subject.signIn);
      return (await open(db, userId, sessionId, subject))
        ? { userId, sessionId, issuer: options.issuer, roles }
        : undefined;
    });
    if (!session) throw new UnauthenticatedError(new Error('The account or the sign-in was ended here.'));
    return session;
  }
}

type Account = typeof accounts.$inferSelect;

async function find(
  db: TransactionDatabase,
  { issuer }: ProviderOptions,
  { subject }: ProviderSubject,
): Promise<Account | undefined> {
  const isTheirs = and(eq(accounts.issuer, issuer), eq(accounts.subject, subject));
  return (await db.select().from(accounts).where(isTheirs))[0];
}

async function create(
  db: TransactionDatabase,
  options: ProviderOptions,
  person: ProviderSubject,
): Promise<Account | undefined> {
  const { issuer, defaultRoles } = options;
  const { subject, displayName, email, roles, issuedAt } = person;
  const subjectHash = createHash('sha256').update(subject).digest('hex');
  const isRemoved = and(eq(removedSubjects.issuer, issuer), eq(removedSubjects.subjectHash, subjectHash));
  if ((await db.select().from(removedSubjects).where(isRemoved)).length > 0) return undefined;
  await db
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
    .onConflictDoNothing();
  // Made here, or by whoever came at the same time.
  return find(db, options, person);
}

/** What the newest token says about roles counts, also for those who come with an older one. */
async function currentRoles(
  db: TransactionDatabase,
  { userId, roles: known, rolesAsOf }: Account,
  { roles, issuedAt }: ProviderSubject,
): Promise<string[]> {
  if (!roles || (rolesAsOf && issuedAt <= rolesAsOf)) return known;
  const isSame =
    rolesAsOf && known.length === roles.length && known.every((role, index) => role === roles[index]);
  if (isSame) return known;
  const [row] = await db
    .update(accounts)
    .set({ roles: [...roles], rolesAsOf: issuedAt })
    .where(
      and(
        eq(accounts.userId, userId),
        sql`coalesce(${accounts.rolesAsOf}, '-infinity') <= ${issuedAt.toISOString()}::timestamptz`,
      ),
    )
    .returning({ roles: accounts.roles });
  return row?.roles ?? known;
}

/** @returns whether the sign-in is good here */
async function open(
  db: TransactionDatabase,
  userId: string,
  sessionId: string,
  { expiresAt }: ProviderSubject,
): Promise<boolean> {
  const isOne = eq(sessions.sessionId, sessionId);
  const end = new Date(expiresAt);
  const [known] = await db.select({ expiresAt: sessions.expiresAt }).from(sessions).where(isOne);
  if (!known) {
    await db
      .insert(sessions)
      .values({ sessionId, userId, kind: 'provider', expiresAt: end })
      .onConflictDoNothing();
  } else if (known.expiresAt < end) {
    await db.update(sessions).set({ expiresAt: end }).where(isOne);
  }
  const live = await db
    .select({ sessionId: sessions.sessionId })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.userId, sessions.userId))
    .where(and(isOne, isLive()));
  return live.length > 0;
}
