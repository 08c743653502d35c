import { QuotaExceededError } from '../execution.errors.ts';
import { fromNano, toNano } from './model-price.ts';

/** What a user may use within a day or a month of UTC; null: no such limit, or for a user's own, as configured. */
export interface Quotas {
  /** Tokens in and out together. */
  readonly tokensPerDay: number | null;
  readonly tokensPerMonth: number | null;
  /** A decimal number in the price table's currency. Calls of models without a price cost nothing. */
  readonly costPerDay: string | null;
  readonly costPerMonth: string | null;
}

export type QuotaName = 'tokens_per_day' | 'tokens_per_month' | 'cost_per_day' | 'cost_per_month';

/** One quota, and how much of it is used. */
export interface QuotaUse {
  readonly quota: QuotaName;
  /** Tokens, or billionths of the currency. */
  readonly limit: bigint;
  readonly used: bigint;
  /** When it begins anew: ISO 8601, UTC. */
  readonly resetsAt: string;
}

/** As the database tells it: numbers as text, null without a limit. */
export type QuotaRow = Readonly<Record<`${QuotaName}_limit` | `${QuotaName}_used`, string | null>>;

const names = ['tokens_per_day', 'tokens_per_month', 'cost_per_day', 'cost_per_month'] as const;
const today = `(now() AT TIME ZONE 'UTC')::date`;

/**
 * A query of one row, for the user of the transaction: limits, the user's own before the configured ones, and what is
 * used of them. Without a limit nothing is added up. The figures are numbers of ours; there is nothing to escape.
 */
export function quotaQuery(limits: Partial<Quotas> = {}): string {
  const literal = (limit: number | bigint | null = null): string => `${limit ?? 'NULL'}::bigint`;
  const nano = (cost: string | null = null): string => literal(cost === null ? null : toNano(cost));
  return `SELECT l.*, u.* FROM (
      SELECT coalesce(q.tokens_per_day, ${literal(limits.tokensPerDay)}) AS tokens_per_day_limit,
             coalesce(q.tokens_per_month, ${literal(limits.tokensPerMonth)}) AS tokens_per_month_limit,
             coalesce(q.cost_nano_per_day, ${nano(limits.costPerDay)}) AS cost_per_day_limit,
             coalesce(q.cost_nano_per_month, ${nano(limits.costPerMonth)}) AS cost_per_month_limit
        FROM (SELECT) one LEFT JOIN bulkhead.user_quotas q ON true
    ) l LEFT JOIN LATERAL (
      SELECT sum(d.input_tokens + d.output_tokens) FILTER (WHERE d.day = ${today}) AS tokens_per_day_used,
             sum(d.input_tokens + d.output_tokens) AS tokens_per_month_used,
             sum(d.cost_nano) FILTER (WHERE d.day = ${today}) AS cost_per_day_used,
             sum(d.cost_nano) AS cost_per_month_used
        FROM bulkhead.usage_days d
       WHERE coalesce(tokens_per_day_limit, tokens_per_month_limit, cost_per_day_limit, cost_per_month_limit) IS NOT NULL
         AND d.day >= date_trunc('month', ${today})::date
    ) u ON true`;
}

/** The quotas that the user has. @param now of the server, for the time at which they begin anew */
export function quotasIn(row: QuotaRow, now = new Date()): QuotaUse[] {
  return names.flatMap((quota) => {
    const limit = row[`${quota}_limit`];
    if (limit === null) return [];
    const used = BigInt(row[`${quota}_used`] ?? 0);
    return [{ quota, limit: BigInt(limit), used, resetsAt: resetOf(quota, now).toISOString() }];
  });
}

/** @throws QuotaExceededError for the one that is used up for longest */
export function assertLeft(quotas: readonly QuotaUse[], now = new Date()): void {
  const [worst] = quotas
    .filter(({ used, limit }) => used >= limit)
    .sort((a, b) => b.resetsAt.localeCompare(a.resetsAt));
  if (!worst) return;
  const { quota, limit, used, resetsAt } = worst;
  const seconds = Math.ceil((Date.parse(resetsAt) - now.getTime()) / 1000);
  const isCost = quota.startsWith('cost');
  throw new QuotaExceededError(quota, {
    limit: isCost ? Number(fromNano(limit)) : Number(limit),
    current: isCost ? Number(fromNano(used)) : Number(used),
    retryAfterSeconds: Math.max(1, seconds),
    resetsAt,
  });
}

function resetOf(quota: QuotaName, now: Date): Date {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return new Date(quota.endsWith('day') ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1));
}
