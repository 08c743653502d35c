import type { JSONValue } from '@ai-sdk/provider';
import { numberOf } from './usage-answers.ts';
import type { UsageColumns } from './usage-columns.ts';

const SHORT_CALL_TOKENS = 500;
const LONG_PROMPT_TOKENS = 4_000;
const MAX_SUGGESTIONS = 5;

/** Prices and short calls by model, and long prompts with short answers. */
export function optimisationQueries({
  table,
  model,
  cost,
  prompt,
  completion,
}: UsageColumns): readonly string[] {
  if (!prompt || !completion)
    return [`select ${model}, sum(${cost}) from ${table} group by 1 order by 2 desc limit 10`];
  const tokens = `(${prompt} + ${completion})`;
  const short = `filter (where ${tokens} < ${SHORT_CALL_TOKENS})`;
  return [
    `select ${model}, sum(${cost}), sum(${tokens}), count(*) ${short}, coalesce(sum(${cost}) ${short}, 0), ` +
      `coalesce(sum(${tokens}) ${short}, 0) from ${table} group by 1 having sum(${tokens}) > 0 order by 2 desc limit 50`,
    `select count(*), coalesce(sum(${cost}), 0) from ${table} ` +
      `where ${prompt} > ${LONG_PROMPT_TOKENS} and ${completion} * 10 < ${prompt}`,
  ];
}

interface ModelUse {
  readonly model: string;
  readonly price: number;
  readonly calls: number;
  readonly cost: number;
  readonly tokens: number;
}

/** What to change, most saved first; money as the table has it. */
export function suggestionsFrom(answers: readonly JSONValue[][][]): JSONValue {
  const uses = (answers[0] ?? []).flatMap(modelUse);
  const cheapest = uses.reduce<ModelUse | undefined>(
    (best, use) => (best && best.price <= use.price ? best : use),
    undefined,
  );
  const moves = uses.flatMap((use) => {
    const saved = cheapest ? use.cost - use.tokens * cheapest.price : 0;
    if (!cheapest || use === cheapest || saved <= 0) return [];
    return [
      {
        change: `Move the ${use.calls} calls of ${use.model} with fewer than ${SHORT_CALL_TOKENS} tokens to ${cheapest.model}.`,
        costs: round(use.cost),
        saves: round(saved),
      },
    ];
  });
  const [calls, cost] = answers[1]?.[0] ?? [];
  const prompts = {
    change: `Shorten or cache the prompts of ${numberOf(calls)} calls: over ${LONG_PROMPT_TOKENS} tokens for an answer of less than a tenth.`,
    costs: round(numberOf(cost)),
    saves: null,
  };
  return {
    suggestions: [
      ...moves.sort((a, b) => b.saves - a.saves).slice(0, MAX_SUGGESTIONS),
      ...(numberOf(calls) > 0 ? [prompts] : []),
    ],
  };
}

/** A model with its price for a token, and its short calls. */
function modelUse([model, cost, tokens, calls, shortCost, shortTokens]: JSONValue[]): ModelUse[] {
  if (tokens === undefined) return [];
  return [
    {
      model: typeof model === 'string' ? model : JSON.stringify(model),
      price: numberOf(cost) / numberOf(tokens),
      calls: numberOf(calls),
      cost: numberOf(shortCost),
      tokens: numberOf(shortTokens),
    },
  ];
}

const round = (amount: number): number => Math.round(amount * 100) / 100;
