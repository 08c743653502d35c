import { Injectable, Scope } from '@nestjs/common';
import { runs, UserDatabaseSession, type TransactionDatabase } from '@bulkhead/persistence';
import { count, inArray, sql, type SQL } from 'drizzle-orm';
import { UNFINISHED_STATES, type RunState } from './run-state.ts';

/** Half of all runs took as long or less, and all but a twentieth; in milliseconds. */
export interface Durations {
  readonly p50: number;
  readonly p95: number;
}

export interface RunTotalsReport {
  /** Unfinished runs now, whenever they were accepted, by state. */
  readonly active: Readonly<Partial<Record<RunState, number>>>;
  /** Runs that were accepted on these days, by state. */
  readonly runs: Readonly<Partial<Record<RunState, number>>>;
  /** Time from acceptance to start; absent when nothing has started. */
  readonly queueMs?: Durations;
  /** Time from start to end, with what their owner took to decide; absent when nothing has ended. */
  readonly runMs?: Durations;
  /** Model calls. */
  readonly steps: number;
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const milliseconds = (from: string, to: string) =>
  sql.raw(`extract(epoch from runs.${to} - runs.${from}) * 1000`);
const percentileOf = (percent: number, from: string, to: string) =>
  sql<
    number | null
  >`percentile_disc(${sql.raw(`${percent / 100}`)}) within group (order by ${milliseconds(from, to)})::float8`;
const sumOf = (column: 'steps' | 'tool_calls' | 'input_tokens' | 'output_tokens') =>
  sql<number>`coalesce(sum(${sql.raw(`runs.${column}`)}), 0)::float8`;

/** What the owner's runs amount to: figures of those that end are stored with their end. */
@Injectable({ scope: Scope.REQUEST })
export class RunTotals {
  constructor(private readonly session: UserDatabaseSession) {}

  /** @param from first day, `YYYY-MM-DD` in UTC @param to last day */
  report(from: string, to: string): Promise<RunTotalsReport> {
    const isThen = sql`${runs.createdAt} >= ${from}::date::timestamp at time zone 'UTC'
      and ${runs.createdAt} < (${to}::date + 1)::timestamp at time zone 'UTC'`;
    return this.session.transaction(async ({ db }) => {
      const [sums] = await db
        .select({
          queue50: percentileOf(50, 'created_at', 'started_at'),
          queue95: percentileOf(95, 'created_at', 'started_at'),
          run50: percentileOf(50, 'started_at', 'finished_at'),
          run95: percentileOf(95, 'started_at', 'finished_at'),
          steps: sumOf('steps'),
          toolCalls: sumOf('tool_calls'),
          inputTokens: sumOf('input_tokens'),
          outputTokens: sumOf('output_tokens'),
        })
        .from(runs)
        .where(isThen);
      if (!sums) throw new Error('Sums have no row.');
      const { queue50, queue95, run50, run95, ...used } = sums;
      return {
        active: await countByState(db, inArray(runs.state, UNFINISHED_STATES)),
        runs: await countByState(db, isThen),
        ...durations('queueMs', queue50, queue95),
        ...durations('runMs', run50, run95),
        ...used,
      };
    });
  }
}

async function countByState(
  db: TransactionDatabase,
  condition: SQL,
): Promise<Partial<Record<RunState, number>>> {
  const rows = await db
    .select({ state: runs.state, runs: count() })
    .from(runs)
    .where(condition)
    .groupBy(runs.state);
  return Object.fromEntries(rows.map((row) => [row.state, row.runs]));
}

const durations = (name: string, p50: number | null, p95: number | null): object =>
  p50 === null || p95 === null ? {} : { [name]: { p50: Math.round(p50), p95: Math.round(p95) } };
