import type { JSONValue } from '@ai-sdk/provider';
import type { UsageColumns } from './usage-columns.ts';

const MAX_ROWS = 10;

/** Totals, by model, by feature, and by both. */
export function dataQueries(columns: UsageColumns): readonly string[] {
  const { table, model, feature, time } = columns;
  const span = time ? `min(${time}), max(${time})` : 'null, null';
  const by = (keys: string): string =>
    `select ${keys}, ${figures(columns)} from ${table} group by ${keys} order by sum(${columns.cost}) desc nulls last, 1 limit ${MAX_ROWS}`;
  return [
    `select ${figures(columns)}, ${span} from ${table}`,
    by(model),
    ...(feature ? [by(feature), by(`${feature}, ${model}`)] : []),
  ];
}

const figures = ({ cost, prompt, completion, latency }: UsageColumns): string =>
  [
    'count(*)',
    `coalesce(sum(${cost}), 0)`,
    prompt ? `coalesce(sum(${prompt}), 0)` : '0',
    completion ? `coalesce(sum(${completion}), 0)` : '0',
    latency ? `round(percentile_cont(0.95) within group (order by ${latency}))` : 'null',
  ].join(', ');

/** What the queries answered, under their names; each row ends with calls, cost, tokens in, tokens out and latency. */
export const figuresFrom = (answers: readonly JSONValue[][][]): JSONValue => ({
  totals: answers[0]?.[0] ?? [],
  byModel: answers[1] ?? [],
  byFeature: answers[2] ?? [],
  byBoth: answers[3] ?? [],
});
