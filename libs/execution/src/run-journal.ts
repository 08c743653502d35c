import { randomUUID } from 'node:crypto';
import { Injectable, Scope } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import type { ProblemDetails } from '@bulkhead/errors';
import { RunEndedError, RunSupersededError, UserEventEmitter, type NewEvent } from '@bulkhead/events';
import { estimateTokens } from '@bulkhead/models';
import {
  approvals,
  events,
  messages,
  modelCalls,
  runs,
  threads,
  UserDatabaseSession,
  type UserTransaction,
} from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import { RunQueue } from './run-queue.service.ts';
import { statesBefore, UNFINISHED_STATES } from './run-state.ts';
import type { EngineResult } from './user-execution.engine.ts';

/** Over a whole run. */
interface Used {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null when nothing in it has a price. */
  readonly costNano: bigint | null;
}

/** Model calls and tool calls of a run. */
interface Done {
  readonly steps: number;
  readonly toolCalls: number;
}

/** How a run ended. */
export type RunOutcome =
  | ({ readonly state: 'completed' } & EngineResult)
  | { readonly state: 'failed' | 'timed_out'; readonly problem: ProblemDetails }
  | { readonly state: 'cancelled' };

/** The record of the context's own run: state, messages and the events that go with them, in one transaction each. */
@Injectable({ scope: Scope.REQUEST })
export class RunJournal {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
    private readonly emitter: UserEventEmitter,
    private readonly audit: AuditLog,
    private readonly queue: RunQueue,
  ) {}

  /** Under which the run is executed; absent where nothing claims runs, as in specs. */
  get claim(): UserEventEmitter['claim'] {
    return this.emitter.claim;
  }

  /**
   * Marks the run as running. Doing so again, after a crash, changes nothing.
   * @returns `ended` when there is nothing to do any more
   * @throws RunSupersededError when another node has it
   */
  begin(): Promise<'running' | 'cancelling' | 'ended'> {
    const { runId, threadId } = this.context;
    const { claim } = this;
    return this.session.transaction(async (transaction) => {
      const { db } = transaction;
      // Whatever an earlier claim is storing at this moment comes before this, or not at all.
      await db
        .select({ threadId: threads.threadId })
        .from(threads)
        .where(eq(threads.threadId, threadId))
        .for('no key update');
      const isOurs = claim && lte(runs.epoch, claim.epoch);
      const [run] = await db
        .update(runs)
        .set({
          state: 'running',
          startedAt: sql`coalesce(${runs.startedAt}, now())`,
          ...(claim && { epoch: claim.epoch }),
        })
        .where(and(eq(runs.runId, runId), inArray(runs.state, UNFINISHED_STATES), isOurs))
        .returning({ cancelRequestedAt: runs.cancelRequestedAt });
      if (run) {
        await this.audit.append(transaction, this.context, 'run.started');
        return run.cancelRequestedAt ? 'cancelling' : 'running';
      }
      const [ended] = await db.select({ epoch: runs.epoch }).from(runs).where(eq(runs.runId, runId));
      if (ended && claim && ended.epoch > claim.epoch) throw new RunSupersededError();
      await this.queue.leave(transaction, this.context);
      return 'ended';
    });
  }

  /**
   * Brings the run to a terminal state with its one terminal event.
   * @returns false when it had ended already; then nothing changed
   */
  async finish(agentName: string, outcome: RunOutcome): Promise<boolean> {
    try {
      return await this.session.transaction((transaction) =>
        this.#finishWithin(transaction, agentName, outcome),
      );
    } catch (error) {
      if (error instanceof RunEndedError) return false;
      throw error;
    }
  }

  async #finishWithin(
    transaction: UserTransaction,
    agentName: string,
    outcome: RunOutcome,
  ): Promise<boolean> {
    if (outcome.state !== 'completed') await this.#closeApprovals(transaction);
    const used = await this.#used(transaction);
    const done = outcome.state === 'completed' ? outcome : await this.#done(transaction);
    const event = terminalEvent(outcome, randomUUID(), used);
    const [ended] = await this.emitter.emitWithin(transaction, { agentName, key: 'ended', events: [event] });
    if (!ended) return false;
    const { userId, threadId, runId } = this.context;
    if (ended.type === 'agent_completed') {
      // What the event says as it was stored, without what PostgreSQL can't store: the two never differ.
      const { messageId, text: content } = ended.data;
      const message = {
        messageId,
        userId,
        threadId,
        runId,
        seq: ended.seq,
        content,
        tokens: estimateTokens(content),
      };
      await transaction.db.insert(messages).values({ ...message, role: 'assistant' });
    }
    const changed = await transaction.db
      .update(runs)
      .set({
        state: outcome.state,
        finishedAt: sql`now()`,
        steps: done.steps,
        toolCalls: done.toolCalls,
        ...('problem' in outcome && { error: outcome.problem }),
        ...used,
      })
      .where(and(eq(runs.runId, runId), inArray(runs.state, statesBefore(outcome.state))));
    // The event is stored only with the state: neither without the other.
    if (changed.rowCount !== 1) throw new RunEndedError();
    await this.queue.leave(transaction, this.context);
    return true;
  }

  /** What all model calls of the run used, those of sub-agents and those that failed included. */
  async #used({ db }: UserTransaction): Promise<Used> {
    const [used] = await db
      .select({
        inputTokens: sql<number>`coalesce(sum(${modelCalls.inputTokens}), 0)::int`,
        outputTokens: sql<number>`coalesce(sum(${modelCalls.outputTokens}), 0)::int`,
        costNano: sql`sum(${modelCalls.costNano})`.mapWith(BigInt),
      })
      .from(modelCalls)
      .where(eq(modelCalls.runId, this.context.runId));
    return used ?? { inputTokens: 0, outputTokens: 0, costNano: null };
  }

  /** What a run that did not complete had begun, sub-agents included: by its events, which outlast every node. */
  async #done({ db }: UserTransaction): Promise<Done> {
    const [done] = await db
      .select({
        // The key of an attempt, without its number: a step that a crash interrupted counts once.
        steps: sql<number>`count(distinct regexp_replace(${events.batchKey}, ':[0-9]+$', ''))
          filter (where ${events.type} = 'agent_thinking')`.mapWith(Number),
        toolCalls: sql<number>`count(distinct ${events.data} ->> 'toolCallId')
          filter (where ${events.type} = 'tool_executing')`.mapWith(Number),
      })
      .from(events)
      .where(eq(events.runId, this.context.runId));
    return done ?? { steps: 0, toolCalls: 0 };
  }

  /** Nobody is asked any more about what will not be executed. */
  async #closeApprovals(transaction: UserTransaction): Promise<void> {
    const closed = await transaction.db
      .update(approvals)
      .set({ state: 'cancelled', resolvedAt: sql`now()` })
      .where(and(eq(approvals.runId, this.context.runId), eq(approvals.state, 'pending')))
      .returning();
    for (const { approvalId, toolCallId, agentName } of closed) {
      await this.emitter.emitWithin(transaction, {
        agentName,
        key: `approval:${toolCallId}:resolved`,
        events: [{ type: 'approval_resolved', data: { approvalId, toolCallId, decision: 'cancelled' } }],
      });
    }
  }
}

function terminalEvent(
  outcome: RunOutcome,
  messageId: string,
  { inputTokens, outputTokens }: Used,
): NewEvent {
  switch (outcome.state) {
    case 'completed': {
      const { text, steps, toolCalls } = outcome;
      const usage = { inputTokens, outputTokens };
      return { type: 'agent_completed', data: { messageId, text, steps, toolCalls, usage } };
    }
    case 'cancelled':
      return { type: 'agent_cancelled', data: { reason: 'requested' } };
    case 'failed':
    case 'timed_out':
      return { type: 'agent_failed', data: { state: outcome.state, problem: outcome.problem } };
  }
}
