import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '@bulkhead/errors';
import type { PageKey } from '@bulkhead/events';
import { AdminTransactions, runs } from '@bulkhead/persistence';
import { desc, eq, sql } from 'drizzle-orm';
import type { RunState } from './run-state.ts';

/** What an administrator may know of anybody's run: that it runs and how much, never what it is about. */
export interface RunMetadata {
  readonly runId: string;
  readonly userId: string;
  readonly agentName: string;
  readonly state: RunState;
  /** Model calls. */
  readonly steps: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** ISO 8601, UTC; so are the others. */
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** How a run can be reached again: its owner, its thread, and the session that accepted it. */
export interface RunPlace {
  readonly userId: string;
  readonly threadId: string;
  /** Absent for runs of versions that did not store it. */
  readonly sessionId: string | null;
}

/** All the columns that an administrator may read, as far as they are shown. */
const columns = {
  runId: runs.runId,
  userId: runs.userId,
  agentName: runs.agentName,
  state: runs.state,
  steps: runs.steps,
  toolCalls: runs.toolCalls,
  inputTokens: runs.inputTokens,
  outputTokens: runs.outputTokens,
  createdAt: runs.createdAt,
  startedAt: runs.startedAt,
  finishedAt: runs.finishedAt,
} as const;

/** Everybody's runs, through a role of the database that sees no content. */
@Injectable()
export class AdminRuns {
  constructor(private readonly transactions: AdminTransactions) {}

  /** @throws ResourceNotFoundError */
  async placeOf(runId: string): Promise<RunPlace> {
    const { userId, threadId, sessionId } = runs;
    const [place] = await this.transactions.run((db) =>
      db.select({ userId, threadId, sessionId }).from(runs).where(eq(runs.runId, runId)),
    );
    if (!place) throw new ResourceNotFoundError('run');
    return place;
  }

  /** Newest first, after `from`. */
  async list(limit: number, from?: PageKey): Promise<RunMetadata[]> {
    const before =
      from && sql`(${runs.createdAt}, ${runs.runId}) < (${from.createdAt}::timestamptz, ${from.id}::uuid)`;
    const rows = await this.transactions.run((db) =>
      db
        .select(columns)
        .from(runs)
        .where(before)
        .orderBy(desc(runs.createdAt), desc(runs.runId))
        .limit(limit),
    );
    return rows.map(({ state, createdAt, startedAt, finishedAt, ...run }) => ({
      ...run,
      state: state as RunState,
      createdAt: createdAt.toISOString(),
      ...(startedAt && { startedAt: startedAt.toISOString() }),
      ...(finishedAt && { finishedAt: finishedAt.toISOString() }),
    }));
  }
}
