import { Injectable } from '@nestjs/common';
import {
  AccountTransactions,
  auditLog,
  UserTransactions,
  type TransactionDatabase,
} from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';

/** A row of the log, as it is shown. */
export interface AuditEntry {
  readonly userId: string;
  /** Position in the user's chain. */
  readonly seq: number;
  readonly auditId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly action: string;
  readonly trail: unknown;
  readonly details: unknown;
}

/** What of the whole log an administrator asks for. */
export interface AuditFilter {
  readonly userId?: string;
  readonly action?: string;
  /** Rows before this one, newest first. */
  readonly before?: { readonly createdAt: string; readonly id: string };
  readonly limit: number;
}

const PAGE = 1_000;
const columns = {
  userId: auditLog.userId,
  seq: auditLog.seq,
  auditId: auditLog.auditId,
  at: auditLog.at,
  action: auditLog.action,
  trail: auditLog.trail,
  details: auditLog.details,
};

/** Reads the log: a user's own part, or all of it for whoever may see that. */
@Injectable()
export class AuditReader {
  constructor(
    private readonly transactions: UserTransactions,
    private readonly accounts: AccountTransactions,
  ) {}

  /** The context's user's own rows, in order. */
  own(context: UserExecutionContext, after: number, limit: number): Promise<AuditEntry[]> {
    return this.transactions.run(context, ({ db }) => select(db, after, limit));
  }

  /** All of the user's own rows, in order, read as they are consumed. */
  async *ownAll(context: UserExecutionContext): AsyncGenerator<AuditEntry> {
    for (let after = 0; ;) {
      const page = await this.own(context, after, PAGE);
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.seq ?? after;
    }
  }

  /** Everybody's rows, newest first. Check the permission first. */
  async ofAll({ userId, action, before, limit }: AuditFilter): Promise<AuditEntry[]> {
    return this.accounts.run(async (db) => {
      const rows = await db
        .select(columns)
        .from(auditLog)
        .where(
          and(
            userId === undefined ? undefined : eq(auditLog.userId, userId),
            action === undefined ? undefined : eq(auditLog.action, action),
            before &&
              sql`(${auditLog.at}, ${auditLog.auditId}) < (${before.createdAt}::timestamptz, ${before.id}::uuid)`,
          ),
        )
        .orderBy(desc(auditLog.at), desc(auditLog.auditId))
        .limit(limit);
      return rows.map(toEntry);
    });
  }

  /** Names of the keys that signed the log, rows and seals. */
  async keyIds(): Promise<string[]> {
    const { rows } = await this.accounts.run((db) =>
      db.execute<{ key_id: string }>(
        sql`select key_id from bulkhead.audit_log union select key_id from bulkhead.audit_seals order by 1`,
      ),
    );
    return rows.map(({ key_id: keyId }) => keyId);
  }

  /** Everybody's rows, chain by chain, read as they are consumed. For the command; check the permission first. */
  async *everything(userId?: string): AsyncGenerator<AuditEntry> {
    let last = { userId: '00000000-0000-0000-0000-000000000000', seq: -1 };
    for (;;) {
      const { userId: user, seq } = last;
      const page = await this.accounts.run((db) =>
        db
          .select(columns)
          .from(auditLog)
          .where(
            and(
              sql`(${auditLog.userId}, ${auditLog.seq}) > (${user}::uuid, ${seq}::bigint)`,
              userId === undefined ? undefined : eq(auditLog.userId, userId),
            ),
          )
          .orderBy(asc(auditLog.userId), asc(auditLog.seq))
          .limit(PAGE),
      );
      yield* page.map(toEntry);
      if (page.length < PAGE) return;
      last = page.at(-1) ?? last;
    }
  }
}

async function select(db: TransactionDatabase, after: number, limit: number): Promise<AuditEntry[]> {
  const rows = await db
    .select(columns)
    .from(auditLog)
    .where(gt(auditLog.seq, after))
    .orderBy(asc(auditLog.seq))
    .limit(limit);
  return rows.map(toEntry);
}

const toEntry = (row: Omit<AuditEntry, 'at'> & { readonly at: Date }): AuditEntry => ({
  ...row,
  at: row.at.toISOString(),
});
