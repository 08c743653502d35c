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

/** What a column must be to have its role; a model or a feature may be anything. */
const types: Partial<Record<keyof typeof roles, readonly string[]>> = {
  time: ['timestamp'],
  prompt: ['integer', 'numeric'],
  completion: ['integer', 'numeric'],
  cost: ['integer', 'numeric'],
  latency: ['integer', 'numeric'],
};

/** A table of usage, and which of its columns is what. Names are those of SQL. */
export interface UsageColumns extends Partial<Record<keyof typeof roles, string>> {
  readonly table: string;
  readonly model: string;
  readonly cost: string;
}

/** What triage says: the columns with what is to be known of them, or why there are none. */
export type Triage =
  { readonly columns: UsageColumns; readonly notes: readonly string[] } | { readonly reason: string };

/** The table that a text names, or else the newest with a model and a cost; undefined when there is none like it. */
export function tableFrom(listed: JSONValue, text: string): Triage | undefined {
  const tables = fieldOf(listed, 'tables');
  const found = (Array.isArray(tables) ? tables : []).flatMap((table) => usageOf(table) ?? []);
  const words = new Set(text.toLowerCase().match(/[a-z][a-z0-9_]*/g));
  const named = found.find(({ table }) => words.has(table));
  return (named ?? found.find(({ triage }) => 'columns' in triage) ?? found[0])?.triage;
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

function usageOf(listed: JSONValue): { table: string; triage: Triage } | undefined {
  const table = fieldOf(listed, 'table');
  const listedColumns = fieldOf(listed, 'columns');
  if (typeof table !== 'string' || !Array.isArray(listedColumns)) return undefined;
  const columns = listedColumns.map(columnFrom);
  const names: Record<string, string> = {};
  const notes: string[] = [];
  for (const role of Object.keys(roles) as (keyof typeof roles)[]) {
    const candidates = columns.filter(({ name }) => roles[role].test(name));
    const fitting = candidates.find(
      ({ type }) => type === undefined || (types[role]?.includes(type) ?? true),
    );
    if (fitting) names[role] = fitting.name;
    const told = fitting ?? candidates[0];
    for (const note of told?.notes ?? []) notes.push(`${told?.name}: ${note}`);
    if (!fitting && told) notes.push(`${told.name} is ${told.type}, so there are no figures of it.`);
  }
  const found = columnsIn(JSON.stringify({ table, ...names }));
  if (found) return { table, triage: { columns: found, notes: notes.slice(0, MAX_NOTES) } };
  const hasBoth = [roles.model, roles.cost].every((role) => columns.some(({ name }) => role.test(name)));
  if (!hasBoth) return undefined;
  return {
    table,
    triage: { reason: `There are no figures in the table ${table}. ${notes.slice(0, MAX_NOTES).join(' ')}` },
  };
}

const MAX_NOTES = 10;

interface ListedColumn {
  readonly name: string;
  readonly type: string | undefined;
  readonly notes: readonly string[];
}

function columnFrom(column: JSONValue): ListedColumn {
  const [name, type, notes] = ['name', 'type', 'notes'].map((field) => fieldOf(column, field));
  return {
    name: typeof name === 'string' ? name : '',
    type: typeof type === 'string' ? type : undefined,
    notes: Array.isArray(notes) ? notes.filter((note): note is string => typeof note === 'string') : [],
  };
}
