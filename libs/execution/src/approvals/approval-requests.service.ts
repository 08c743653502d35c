import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { AuditLog, canonicalJson } from '@bulkhead/audit';
import { UserEventEmitter } from '@bulkhead/events';
import { approvals, runs, UserDatabaseSession, type UserTransaction } from '@bulkhead/persistence';
import { hashArguments, type ToolApproval } from '@bulkhead/tools';
import { UserExecutionContext, type JsonRecord } from '@bulkhead/user-context';
import { and, eq, sql } from 'drizzle-orm';
import { ApprovalWakes } from './approval-wakes.service.ts';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';

/** A call that its owner is to be asked about. */
export interface ApprovalQuestion {
  readonly agentName: string;
  readonly toolCallId: string;
  readonly toolName: string;
  readonly arguments: JsonRecord;
}

type Row = Pick<
  typeof approvals.$inferSelect,
  'approvalId' | 'agentName' | 'toolCallId' | 'toolName' | 'argumentsHash' | 'state' | 'reason' | 'expiresAt'
>;

/** Longest time between two looks at the decision, in case a wake was lost. */
const LOOK_MS = 5_000;

/** Asks the context's owner, and waits for the decision. Safe to repeat after a crash: the question is the same one. */
@Injectable({ scope: Scope.REQUEST })
export class ApprovalRequests {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
    private readonly emitter: UserEventEmitter,
    private readonly audit: AuditLog,
    private readonly wakes: ApprovalWakes,
    @Inject(EXECUTION_OPTIONS) private readonly options: Pick<ExecutionOptions, 'approvalTimeoutMs'>,
  ) {}

  /** @throws the signal's reason; the question is closed with the run's end then */
  async ask(question: ApprovalQuestion, signal: AbortSignal): Promise<ToolApproval> {
    signal.throwIfAborted();
    const { approvalId } = await this.session.transaction((transaction) => this.#open(transaction, question));
    for (;;) {
      const row = await this.session.transaction((transaction) => this.#look(transaction, approvalId));
      if (row.state !== 'pending') return toApproval(row);
      const untilExpiry = Math.max(1, row.expiresAt.getTime() - Date.now() + 1);
      await this.wakes.untilWoken(approvalId, Math.min(LOOK_MS, untilExpiry), signal);
      signal.throwIfAborted();
    }
  }

  async #open(transaction: UserTransaction, question: ApprovalQuestion): Promise<Row> {
    const { db } = transaction;
    const { arguments: args, ...call } = question;
    const { userId, threadId, runId } = this.context;
    const expiresAt = sql`now() + ${`${this.options.approvalTimeoutMs} milliseconds`}::interval`;
    const asked = { ...call, arguments: canonicalJson(args), argumentsHash: hashArguments(args) };
    const [added] = await db
      .insert(approvals)
      .values({ approvalId: randomUUID(), userId, threadId, runId, ...asked, expiresAt })
      .onConflictDoNothing()
      .returning();
    if (added) await this.#announce(transaction, added, args);
    const isThis = and(eq(approvals.runId, runId), eq(approvals.toolCallId, call.toolCallId));
    const [row] = added ? [added] : await db.select().from(approvals).where(isThis);
    if (row?.state === 'pending') {
      const isRunning = and(eq(runs.runId, runId), eq(runs.state, 'running'));
      await db.update(runs).set({ state: 'waiting' }).where(isRunning);
    }
    return found(row);
  }

  async #announce(transaction: UserTransaction, row: Row, args: JsonRecord): Promise<void> {
    const { approvalId, agentName, toolCallId, toolName, argumentsHash } = row;
    const expiresAt = row.expiresAt.toISOString();
    const data = { approvalId, toolCallId, toolName, arguments: args, argumentsHash, expiresAt };
    await this.emitter.emitWithin(transaction, {
      agentName,
      key: `approval:${toolCallId}:requested`,
      events: [{ type: 'approval_requested', data }],
    });
    const facts = { approvalId, toolName, argumentsHash };
    await this.audit.append(transaction, this.context, 'approval.requested', facts);
  }

  /** Reads the decision; that time is up is decided here. */
  async #look(transaction: UserTransaction, approvalId: string): Promise<Row> {
    const { db } = transaction;
    const isThis = eq(approvals.approvalId, approvalId);
    const isOverdue = and(isThis, eq(approvals.state, 'pending'), sql`${approvals.expiresAt} <= now()`);
    await db
      .update(approvals)
      .set({ state: 'expired', resolvedAt: sql`now()` })
      .where(isOverdue);
    const [row] = await db.select().from(approvals).where(isThis);
    if (row && row.state !== 'pending') await this.#resume(transaction, row);
    return found(row);
  }

  async #resume(transaction: UserTransaction, row: Row): Promise<void> {
    const { approvalId, agentName, toolCallId, reason, state } = row;
    if (state === 'pending') return;
    const data = { approvalId, toolCallId, decision: state, ...(reason !== null && { reason }) };
    await this.emitter.emitWithin(transaction, {
      agentName,
      key: `approval:${toolCallId}:resolved`,
      events: [{ type: 'approval_resolved', data }],
    });
    const { runId } = this.context;
    const isAsking = sql`exists (select from ${approvals} where ${approvals.runId} = ${runId} and ${approvals.state} = 'pending')`;
    await transaction.db
      .update(runs)
      .set({ state: 'running' })
      .where(and(eq(runs.runId, runId), eq(runs.state, 'waiting'), sql`not ${isAsking}`));
  }
}

function found(row: Row | undefined): Row {
  if (!row) throw new Error('An approval is not there any more.');
  return row;
}

function toApproval({ state, argumentsHash, reason }: Row): ToolApproval {
  const decision = state === 'approved' || state === 'refused' ? state : 'expired';
  return { decision, argumentsHash, ...(reason !== null && { reason }) };
}
