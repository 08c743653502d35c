import { Injectable, Scope } from '@nestjs/common';
import { ResourceNotFoundError, type ProblemDetails } from '@bulkhead/errors';
import type { AnswerEnd, PageKey } from '@bulkhead/events';
import { messages, runs, threads, UserDatabaseSession } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';
import { fromNano } from '../usage/model-price.ts';
import type { RunState } from './run-state.ts';

export interface Run {
  readonly runId: string;
  readonly threadId: string;
  readonly agentName: string;
  readonly state: RunState;
  /** Model calls. */
  readonly steps: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** A decimal number in the price table's currency; absent when nothing in it has a price. */
  readonly cost?: string;
  readonly error?: ProblemDetails;
  /** How the answer of a completed run ended. */
  readonly finishReason?: AnswerEnd;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Time until it was started, or ended without, in milliseconds; absent while it is queued. */
  readonly queueMs?: number;
  /** Time from start to end in milliseconds, with what its owner took to decide; absent until the end. */
  readonly runMs?: number;
}

export interface Message {
  readonly messageId: string;
  readonly runId: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  /** How an answer ended; absent for the user's messages. */
  readonly finishReason?: AnswerEnd;
  /** Sequence of the event that announced it. */
  readonly seq: number;
  readonly createdAt: string;
}

/** Which runs a list has. */
export interface RunFilter {
  readonly threadId?: string | undefined;
  readonly state?: RunState | undefined;
}

/** The owner's runs and messages, readable by the owner alone. */
@Injectable({ scope: Scope.REQUEST })
export class RunHistory {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
  ) {}

  /** The context's run. @throws ResourceNotFoundError for a foreign and an absent one alike */
  get(): Promise<Run> {
    return this.session.transaction(async ({ db }) => {
      const [row] = await db.select().from(runs).where(eq(runs.runId, this.context.runId));
      if (!row) throw new ResourceNotFoundError('run');
      return toRun(row);
    });
  }

  /** Newest first, after `from`. */
  list(limit: number, from?: PageKey, { threadId, state }: RunFilter = {}): Promise<Run[]> {
    const before =
      from && sql`(${runs.createdAt}, ${runs.runId}) < (${from.createdAt}::timestamptz, ${from.id}::uuid)`;
    const ofThread = threadId === undefined ? undefined : eq(runs.threadId, threadId);
    const inState = state === undefined ? undefined : eq(runs.state, state);
    return this.session.transaction(async ({ db }) => {
      const order = [desc(runs.createdAt), desc(runs.runId)];
      const rows = await db
        .select()
        .from(runs)
        .where(and(before, ofThread, inState))
        .orderBy(...order)
        .limit(limit);
      return rows.map(toRun);
    });
  }

  /**
   * Messages of the context's thread with a greater sequence, oldest first.
   * @throws ResourceNotFoundError for a foreign and an absent thread alike
   */
  messages(afterSeq: number, limit: number): Promise<Message[]> {
    return this.session.transaction(async ({ db }) => {
      const own = await db
        .select({ threadId: threads.threadId })
        .from(threads)
        .where(eq(threads.threadId, this.context.threadId));
      if (own.length === 0) throw new ResourceNotFoundError('thread');
      const rows = await db
        .select()
        .from(messages)
        .where(and(eq(messages.threadId, this.context.threadId), gt(messages.seq, afterSeq)))
        .orderBy(asc(messages.seq))
        .limit(limit);
      return rows.map(
        ({ userId: _owner, threadId: _thread, tokens: _tokens, createdAt, finishReason, ...row }) => ({
          ...row,
          ...(row.role === 'assistant' && { finishReason: (finishReason ?? 'stop') as AnswerEnd }),
          createdAt: createdAt.toISOString(),
        }),
      );
    });
  }
}

/** Names what is shown: a column that is added to the table stays within until it is named here. */
function toRun(row: typeof runs.$inferSelect): Run {
  const { runId, threadId, agentName, steps, toolCalls, inputTokens, outputTokens } = row;
  const { costNano, state, error, finishReason, createdAt, startedAt, finishedAt } = row;
  const begun = startedAt ?? finishedAt;
  return {
    runId,
    threadId,
    agentName,
    steps,
    toolCalls,
    inputTokens,
    outputTokens,
    ...(costNano !== null && { cost: fromNano(costNano) }),
    state: state as RunState,
    ...(error !== null && { error: error as ProblemDetails }),
    ...(state === 'completed' && { finishReason: (finishReason ?? 'stop') as AnswerEnd }),
    createdAt: createdAt.toISOString(),
    ...(startedAt && { startedAt: startedAt.toISOString() }),
    ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
    ...(begun && { queueMs: begun.getTime() - createdAt.getTime() }),
    ...(startedAt && finishedAt && { runMs: finishedAt.getTime() - startedAt.getTime() }),
  };
}
