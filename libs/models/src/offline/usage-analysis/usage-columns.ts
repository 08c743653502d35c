import type { JSONValue } from '@ai-sdk/provider';
import { fieldOf, jsonLine } from './usage-answers.ts';

const roles = {
  time: /^(?:time|timestamp|date|at|created)/,
  model: /model/,
  feature: /feature|use_case|endpoint|team|app|product/,
  prompt: /(?:prompt|input).*tokens|tokens_in/,
  completion: /(?:completion|output).*tokens|tokens_out/,
  cost: /cost|price|usd|eur|amount/,
  latency: /latency|duration|(?:^|_)ms$/,
} as const;

/** A table of usage, and which of its columns is what. Names are those of SQL. */
export interface UsageColumns extends Partial<Record<keyof typeof roles, string>> {
  readonly table: string;
  readonly model: string;
  readonly cost: string;
}

/** The table that a text names, or else the newest with a model and a cost. */
export function tableFrom(listed: JSONValue, text: string): UsageColumns | undefined {
  const tables = fieldOf(listed, 'tables');
  const found = (Array.isArray(tables) ? tables : []).flatMap((table) => usageOf(table) ?? []);
  const words = new Set(text.toLowerCase().match(/[a-z][a-z0-9_]*/g));
  return found.find(({ table }) => words.has(table)) ?? found[0];
}

/** What triage has found, within a task. */
export function columnsIn(task: string): UsageColumns | undefined {
  const line = jsonLine(task, 'table');
  if (!line) return undefined;
  const names = Object.entries(line).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && /^[a-z][a-z0-9_]*$/.test(entry[1]),
  );
  const { table, model, cost, ...rest } = Object.fromEntries(names);
  return table && model && cost ? { table, model, cost, ...rest } : undefined;
}

function usageOf(listed: JSONValue): UsageColumns | undefined {
  const table = fieldOf(listed, 'table');
  const columns = fieldOf(listed, 'columns');
  if (typeof table !== 'string' || !Array.isArray(columns)) return undefined;
  const names = columns.flatMap((column) => {
    const name = fieldOf(column, 'name');
    return typeof name === 'string' ? [name] : [];
  });
  const chosen = Object.entries(roles).flatMap(([role, pattern]) => {
    const name = names.find((candidate) => pattern.test(candidate));
    return name === undefined ? [] : [[role, name] as const];
  });
  return columnsIn(JSON.stringify({ table, ...Object.fromEntries(chosen) }));
}
