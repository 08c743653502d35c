import { Injectable, Scope } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { approvals, UserDatabaseSession, type UserTransaction } from '@bulkhead/persistence';
import { UserExecutionContext, type JsonRecord } from '@bulkhead/user-context';
import { and, asc, eq, sql } from 'drizzle-orm';
import { ApprovalWakes } from './approval-wakes.service.ts';
import { ApprovalChangedError, ApprovalClosedError } from '../execution.errors.ts';

export type ApprovalState = 'pending' | 'approved' | 'refused' | 'expired' | 'cancelled';

/** A call that its owner is, or was, asked about. */
export interface Approval {
  readonly approvalId: string;
  readonly threadId: string;
  readonly runId: string;
  readonly agentName: string;
  readonly toolCallId: string;
  readonly toolName: string;
  /** Exactly those of the call. */
  readonly arguments: JsonRecord;
  /** What an approval must name. */
  readonly argumentsHash: string;
  readonly state: ApprovalState;
  readonly reason?: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly resolvedAt?: string;
}

export type ApprovalDecision =
  /** The hash says what is approved: if the call is another one, nothing is. */
  | { readonly decision: 'approve'; readonly argumentsHash: string }
  | { readonly decision: 'refuse'; readonly reason?: string };

/** Most that are listed; more than a user's runs can wait at once. */
const MAX_LISTED = 200;

/** The owner's side of approvals: row-level security shows nobody else's. */
@Injectable({ scope: Scope.REQUEST })
export class Approvals {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
    private readonly audit: AuditLog,
    private readonly wakes: ApprovalWakes,
  ) {}

  /** What can be decided now, oldest first. */
  pending(): Promise<Approval[]> {
    return this.session.transaction(async ({ db }) => {
      const rows = await db
        .select()
        .from(approvals)
        .where(and(eq(approvals.state, 'pending'), sql`${approvals.expiresAt} > now()`))
        .orderBy(asc(approvals.createdAt))
        .limit(MAX_LISTED);
      return rows.map(toApproval);
    });
  }

  /** @throws ResourceNotFoundError for a foreign and an absent one alike */
  get(approvalId: string): Promise<Approval> {
    return this.session.transaction(async (transaction) => {
      const { row } = await find(transaction, approvalId);
      return toApproval(row);
    });
  }

  /**
   * Decides once. Deciding the same way again changes nothing and answers the same.
   * @throws ResourceNotFoundError for a foreign and an absent one alike
   * @throws ApprovalClosedError when it was decided otherwise, has expired, or its run has ended
   * @throws ApprovalChangedError when the hash is not that of the call's arguments
   */
  async decide(approvalId: string, decided: ApprovalDecision): Promise<Approval> {
    const approval = await this.session.transaction((transaction) =>
      this.#decide(transaction, approvalId, decided),
    );
    await this.wakes.wake(approvalId);
    return approval;
  }

  async #decide(
    transaction: UserTransaction,
    approvalId: string,
    decided: ApprovalDecision,
  ): Promise<Approval> {
    const { row, isOverdue } = await find(transaction, approvalId, true);
    const { runId, toolName, argumentsHash } = row;
    const state = decided.decision === 'approve' ? 'approved' : 'refused';
    if (decided.decision === 'approve' && decided.argumentsHash !== argumentsHash) {
      throw new ApprovalChangedError();
    }
    if (row.state === state) return toApproval(row);
    if (row.state !== 'pending') throw new ApprovalClosedError(row.state);
    if (isOverdue) throw new ApprovalClosedError('expired');
    // PostgreSQL stores no NUL in text.
    const reason = decided.decision === 'refuse' ? decided.reason?.replaceAll('\0', '') : undefined;
    const [changed] = await transaction.db
      .update(approvals)
      .set({ state, resolvedAt: sql`now()`, ...(reason !== undefined && { reason }) })
      .where(eq(approvals.approvalId, approvalId))
      .returning();
    const facts = { approvalId, runId, toolName, argumentsHash, decision: state };
    await this.audit.append(transaction, this.context, 'approval.resolved', facts);
    return toApproval(changed ?? row);
  }
}

/** Locked, deciders take turns. Whether it is overdue is a matter of the database's clock, as its expiry is. */
async function find({ db }: UserTransaction, approvalId: string, isLocked = false) {
  const isOverdue = sql<boolean>`${approvals.expiresAt} <= now()`;
  const query = db
    .select({ row: approvals, isOverdue })
    .from(approvals)
    .where(eq(approvals.approvalId, approvalId));
  const [one] = await (isLocked ? query.for('update') : query);
  if (!one) throw new ResourceNotFoundError('approval');
  return one;
}

function toApproval(row: typeof approvals.$inferSelect): Approval {
  const { userId: _owner, arguments: args, reason, createdAt, expiresAt, resolvedAt, ...rest } = row;
  return {
    ...rest,
    arguments: JSON.parse(args) as JsonRecord,
    ...(reason !== null && { reason }),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(resolvedAt && { resolvedAt: resolvedAt.toISOString() }),
  };
}
