import { randomUUID } from 'node:crypto';
import { Injectable, Scope } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import {
  RunEndedError,
  RunSupersededError,
  UserEventEmitter,
  type AnswerEnd,
  type EventData,
  type NewEvent,
  type RunClaim,
} from '@bulkhead/events';
import { estimateTokens } from '@bulkhead/models';
import {
  approvals,
  events,
  runs,
  sqlStateOf,
  UserDatabaseSession,
  type Statement,
  type UserTransaction,
} from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { and, eq, sql } from 'drizzle-orm';
import type { Checkpoints } from '../steps/checkpoints.ts';
import { RUN_CRASHES_NODE } from '../execution.errors.ts';
import { StepStore } from '../steps/step-store.service.ts';
import { RunQueue } from '../queue/run-queue.service.ts';
import { statesBefore, UNFINISHED_STATES } from './run-state.ts';
import type { RunOutcome } from './run-outcome.ts';

/** The run has ended; raised by the database's functions. */
const ENDED = 'BH409';

/** Tokens that the record of a run has room for: a sum that does not fit must not keep the run from its end. */
const MAX_SUM = 2 ** 31 - 1;

/** Nodes that may be lost with a run, one after the other, before the run is held to be the cause. */
const MAX_FRUITLESS_CLAIMS = 5;

/** Over a whole run. */
interface Used {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** As text; null when nothing in it has a price. */
  readonly costNano: string | null;
}

/** Model calls and tool calls of a run. */
interface Done {
  readonly steps: number;
  readonly toolCalls: number;
}

/** The record of the context's own run: state, messages and the events that go with them, in one transaction each. */
@Injectable({ scope: Scope.REQUEST })
export class RunStore {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
    private readonly emitter: UserEventEmitter,
    private readonly audit: AuditLog,
    private readonly queue: RunQueue,
    private readonly kept: StepStore,
  ) {}

  /** Under which the run is executed; absent where nothing claims runs, as in specs. */
  get claim(): UserEventEmitter['claim'] {
    return this.emitter.claim;
  }

  /** The results of its finished steps. */
  get steps(): Checkpoints {
    return this.kept.own;
  }

  /**
   * How long the run has worked already under earlier claims, in milliseconds: by its events, which retryWhileDatabaseDown every node.
   * Each claim counts from its first event to its last; neither the time in between, when no node had the run, nor what
   * the owner took to decide.
   */
  async workedMs(): Promise<number> {
    if ((this.claim?.epoch ?? 1) <= 1) return 0;
    return this.session.transaction(async ({ db }) => {
      const { rows } = await db.execute<{ worked: number }>(sql`
        with told as (
          select coalesce(parent_request_id, request_id) as claim, type, at, data ->> 'approvalId' as approval
            from ${events} where run_id = ${this.context.runId} and operation_depth <= 1
        ), claims as (
          select max(at) - min(at) as lasted from told group by claim
        ), waits as (
          select resolved.at - asked.at as lasted from told asked join told resolved using (claim, approval)
           where asked.type = 'approval_requested' and resolved.type = 'approval_resolved'
        )
        select (extract(epoch from coalesce((select sum(lasted) from claims), '0')
                                 - coalesce((select sum(lasted) from waits), '0')) * 1000)::float8 as worked`);
      return Math.max(0, rows[0]?.worked ?? 0);
    });
  }

  /**
   * Marks the run as running. Doing so again, after a crash, changes nothing.
   * @returns `ended` when there is nothing to do any more, `crashing` when node after node was lost with the run while
   *   it finished no step
   * @throws RunSupersededError when another node has it
   */
  async begin(): Promise<'running' | 'cancelling' | 'crashing' | 'ended'> {
    const { runId, threadId } = this.context;
    const { claim } = this.emitter;
    const started = this.audit.statement(this.context, 'run.started');
    const begun: Statement = (literal) =>
      `WITH begun AS (
         UPDATE bulkhead.runs SET state = 'running', started_at = coalesce(started_at, now())
                ${claim ? `, epoch = ${literal(claim.epoch)}` : ''} ${progressOf(runId, claim, literal)}
          WHERE run_id = ${literal(runId)} AND state IN (${UNFINISHED_STATES.map(literal).join(', ')})
                ${claim ? `AND epoch <= ${literal(claim.epoch)}` : ''}
         RETURNING cancel_requested_at IS NOT NULL AS is_cancelling,
                   ${literal(claim?.interruptions ?? 0)} - progress_interruptions AS fruitless
       ) SELECT is_cancelling AS "isCancelling", fruitless, (${started(literal)}) FROM begun`;
    // Whatever an earlier claim is storing at this moment comes before this, or not at all.
    const [, [run] = []] = await this.session.statements<{ isCancelling: boolean; fruitless: number }>([
      lockOf(threadId),
      begun,
    ]);
    if (!run) return this.#leave();
    if (run.isCancelling) return 'cancelling';
    return run.fruitless >= MAX_FRUITLESS_CLAIMS ? 'crashing' : 'running';
  }

  /** What has ended needs no place in the queue. */
  #leave(): Promise<'ended'> {
    const { claim } = this.emitter;
    return this.session.transaction<'ended'>(async (transaction) => {
      const [ended] = await transaction.db
        .select({ epoch: runs.epoch })
        .from(runs)
        .where(eq(runs.runId, this.context.runId));
      if (ended && claim && ended.epoch > claim.epoch) throw new RunSupersededError();
      this.queue.leave(transaction, this.context);
      return 'ended';
    });
  }

  /**
   * Brings the run to a terminal state with its one terminal event.
   * @returns false when it had ended already; then nothing changed
   */
  async finish(agentName: string, outcome: RunOutcome): Promise<boolean> {
    this.kept.drop();
    try {
      return await this.session.transaction(
        (transaction) => this.#finishWithin(transaction, agentName, outcome),
        // What the last model call used rides behind the lock, and is summed up with the rest.
        { lock: lockOf(this.context.threadId), first: [usedBy(this.context.runId)] },
      );
    } catch (error) {
      if (error instanceof RunEndedError || sqlStateOf(error) === ENDED) return false;
      throw error;
    }
  }

  async #finishWithin(
    transaction: UserTransaction,
    agentName: string,
    outcome: RunOutcome,
  ): Promise<boolean> {
    if (outcome.state !== 'completed') await this.#closeApprovals(transaction);
    const [used] = transaction.opened as readonly [Used];
    const done = outcome.state === 'completed' ? outcome : await this.#done(transaction);
    const event = terminalEvent(outcome, randomUUID(), used);
    const [ended] = await this.emitter.emitWithin(transaction, { agentName, key: 'ended', events: [event] });
    if (!ended) return false;
    if (ended.type === 'agent_completed') transaction.atCommit(this.#answer(ended.data, ended.seq));
    transaction.atCommit(this.#end(outcome, done, used));
    if (outcome.state === 'completed' && outcome.finishReason !== 'stop')
      transaction.atCommit(this.#markUnfinished(outcome.finishReason));
    this.queue.leave(transaction, this.context);
    if ('problem' in outcome && outcome.problem.code === RUN_CRASHES_NODE) {
      await this.audit.append(transaction, this.context, 'run.crashed_nodes', { agentName });
    }
    return true;
  }

  /** What the event says as it was stored, without what PostgreSQL can't store: the two never differ. */
  #answer({ messageId, text, finishReason }: EventData['agent_completed'], seq: number): Statement {
    const { userId, threadId, runId } = this.context;
    return (literal) =>
      `INSERT INTO bulkhead.messages (message_id, user_id, thread_id, run_id, seq, role, content, tokens, finish_reason)
       VALUES (${[messageId, userId, threadId, runId, seq, 'assistant', text, estimateTokens(text), finishReason ?? null].map(literal).join(', ')})`;
  }

  /** Rare, so it is a statement of its own. */
  #markUnfinished(finishReason: AnswerEnd): Statement {
    return (literal) =>
      `UPDATE bulkhead.runs SET finish_reason = ${literal(finishReason)} WHERE run_id = ${literal(this.context.runId)}`;
  }

  /** The event is stored only with the state: neither without the other. */
  #end(
    outcome: RunOutcome,
    { steps, toolCalls }: Done,
    { inputTokens, outputTokens, costNano }: Used,
  ): Statement {
    const { state } = outcome;
    const error = 'problem' in outcome ? JSON.stringify(outcome.problem) : null;
    return (literal) =>
      `SELECT bulkhead.end_run(${literal(this.context.runId)}, ARRAY[${statesBefore(state).map(literal).join(', ')}],
         ${[state, error, steps, toolCalls, inputTokens, outputTokens, costNano].map(literal).join(', ')})`;
  }

  /** What a run that did not complete had begun, sub-agents included: by its events, which retryWhileDatabaseDown every node. */
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

/** Of a run that was interrupted: whether it has finished a step since it was last looked at. */
const progressOf = (
  runId: string,
  claim: RunClaim | undefined,
  literal: Parameters<Statement>[0],
): string => {
  if (!claim?.interruptions) return '';
  const steps = `(SELECT count(*) FROM bulkhead.run_steps s WHERE s.run_id = ${literal(runId)})`;
  return `, progress_steps = ${steps}, progress_interruptions = CASE WHEN ${steps} > progress_steps
            THEN ${literal(claim.interruptions)} ELSE progress_interruptions END`;
};

/** Held until the commit: it makes the order of a thread's events that of their commits. */
const lockOf =
  (threadId: string): Statement =>
  (literal) =>
    `SELECT FROM bulkhead.threads WHERE thread_id = ${literal(threadId)} FOR NO KEY UPDATE`;

/** What all model calls of a run used, those of sub-agents and those that failed included. */
const usedBy =
  (runId: string): Statement =>
  (literal) =>
    `SELECT least(coalesce(sum(input_tokens), 0), ${MAX_SUM})::int AS "inputTokens",
            least(coalesce(sum(output_tokens), 0), ${MAX_SUM})::int AS "outputTokens",
            sum(cost_nano)::text AS "costNano" FROM bulkhead.model_calls WHERE run_id = ${literal(runId)}`;

function terminalEvent(
  outcome: RunOutcome,
  messageId: string,
  { inputTokens, outputTokens }: Used,
): NewEvent {
  switch (outcome.state) {
    case 'completed': {
      const { text, finishReason, steps, toolCalls } = outcome;
      const usage = { inputTokens, outputTokens };
      return { type: 'agent_completed', data: { messageId, text, finishReason, steps, toolCalls, usage } };
    }
    case 'cancelled':
      return { type: 'agent_cancelled', data: { reason: 'requested' } };
    case 'failed':
    case 'timed_out':
      return { type: 'agent_failed', data: { state: outcome.state, problem: outcome.problem } };
  }
}
