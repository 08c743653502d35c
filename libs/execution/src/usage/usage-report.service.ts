import { Injectable, Scope } from '@nestjs/common';
import { usageDays, UserDatabaseSession } from '@bulkhead/persistence';
import { and, asc, gte, lte } from 'drizzle-orm';
import { fromNano } from './model-price.ts';

/** What one agent used of one model on one day (UTC). */
export interface UsageOfDay {
  readonly day: string;
  readonly agentName: string;
  readonly model: string;
  readonly modelCalls: number;
  /** That the model asked for. */
  readonly toolCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** A decimal number in the price table's currency. */
  readonly cost: string;
  /** Calls whose tokens were estimated, because the provider did not tell. */
  readonly estimatedCalls: number;
  /** Calls that are not in `cost`, because their model has no price. */
  readonly unpricedCalls: number;
}

/** The owner's use, day by day. */
@Injectable({ scope: Scope.REQUEST })
export class UsageReport {
  constructor(private readonly session: UserDatabaseSession) {}

  /** @param from first day, `YYYY-MM-DD` @param to last day */
  days(from: string, to: string): Promise<UsageOfDay[]> {
    return this.session.transaction(async ({ db }) => {
      const rows = await db
        .select()
        .from(usageDays)
        .where(and(gte(usageDays.day, from), lte(usageDays.day, to)))
        .orderBy(asc(usageDays.day), asc(usageDays.agentName), asc(usageDays.model));
      return rows.map(({ userId: _owner, costNano, ...row }) => ({
        ...row,
        cost: fromNano(costNano),
      }));
    });
  }
}
