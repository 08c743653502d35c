import { Injectable } from '@nestjs/common';
import { AdminTransactions, usageDays } from '@bulkhead/persistence';
import { and, desc, eq, gte, lte, sql } from 'drizzle-orm';
import { fromNano } from './model-price.ts';

/** What the totals are told apart by. */
export const USAGE_GROUPS = ['day', 'user', 'agent', 'model'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** The sums of one day, user, agent or model. */
export interface UsageTotal {
  /** The day, the user's id, the agent's name, or the model. */
  readonly key: string;
  readonly modelCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** A decimal number in the price table's currency. */
  readonly cost: string;
  readonly estimatedCalls: number;
  readonly unpricedCalls: number;
}

const columnOf = {
  day: usageDays.day,
  user: usageDays.userId,
  agent: usageDays.agentName,
  model: usageDays.model,
} as const;

const MAX_TOTALS = 1_000;

/** What everybody used, through a role of the database that sees figures and no content. */
@Injectable()
export class UsageOverview {
  constructor(private readonly transactions: AdminTransactions) {}

  /**
   * The greatest first, by cost and then by tokens; 1,000 at most.
   * @param from first day, `YYYY-MM-DD` @param to last day @param userId only this user's
   */
  async totals(from: string, to: string, by: UsageGroup, userId?: string): Promise<UsageTotal[]> {
    const column = columnOf[by];
    const sum = (of: (typeof usageDays)['modelCalls']) => sql<number>`sum(${of})`.mapWith(Number);
    const cost = sql`sum(${usageDays.costNano})`;
    const tokens = sql`sum(${usageDays.inputTokens} + ${usageDays.outputTokens})`;
    const rows = await this.transactions.run((db) =>
      db
        .select({
          key: sql<string>`${column}::text`,
          modelCalls: sum(usageDays.modelCalls),
          inputTokens: sum(usageDays.inputTokens),
          outputTokens: sum(usageDays.outputTokens),
          costNano: cost.mapWith(BigInt),
          estimatedCalls: sum(usageDays.estimatedCalls),
          unpricedCalls: sum(usageDays.unpricedCalls),
        })
        .from(usageDays)
        .where(
          and(
            gte(usageDays.day, from),
            lte(usageDays.day, to),
            userId === undefined ? undefined : eq(usageDays.userId, userId),
          ),
        )
        .groupBy(column)
        .orderBy(desc(cost), desc(tokens), column)
        .limit(MAX_TOTALS),
    );
    return rows.map(({ costNano, ...row }) => ({ ...row, cost: fromNano(costNano) }));
  }
}
