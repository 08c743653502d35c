import type { JSONValue } from '@ai-sdk/provider';
import type { OfflineCall, OfflineStep } from '../offline-intent.ts';
import type { ToolOutcome, Turn } from '../offline-turn.ts';
import { optimisationQueries, suggestionsFrom } from './usage-optimisation.ts';
import { dataQueries, figuresFrom } from './usage-figures.ts';
import { rowsOf, textOf } from './usage-answers.ts';
import { columnsIn, tableFrom } from './usage-columns.ts';
import { reportFrom } from './usage-report.ts';

const NO_TABLE =
  'There is no uploaded table with a model and a cost per call. Upload one with POST /v1/tables.';
const stages = ['usage_triage', 'usage_data', 'usage_optimisation', 'usage_report'] as const;

/**
 * The rules by which the offline model stands in for an analyst and its team. They recognise themselves by whom they
 * may delegate to, or by how their task begins; undefined for everybody else.
 */
export function usageAnalysisStep(turn: Turn, delegates: ReadonlySet<string>): OfflineStep | undefined {
  if (stages.every((agent) => delegates.has(agent))) return supervise(turn);
  const [, kind, task = ''] = /^(Triage|Data|Optimisation|Report): ?([\s\S]*)$/.exec(turn.userText) ?? [];
  switch (kind) {
    case 'Triage':
      return triage(turn, task);
    case 'Data':
      return query(turn, task, dataQueries, (answers) => JSON.stringify(figuresFrom(answers)));
    case 'Optimisation':
      return query(turn, task, optimisationQueries, (answers) => JSON.stringify(suggestionsFrom(answers)));
    case 'Report':
      return say(reportFrom(task));
    default:
      return undefined;
  }
}

function supervise({ outcomes, userText }: Turn): OfflineStep {
  const failure = outcomes.find(({ isError }) => isError);
  if (failure) return say(`The analysis stopped: ${textOf(failure.value, 'detail')}`);
  const [triage, data, optimisation, report] = outcomes.map(({ value }) => textOf(value, 'answer'));
  if (triage === undefined) return delegate('usage_triage', `Triage: ${userText.slice(0, 2_000)}`);
  // In its own words, why there is nothing to analyse.
  if (!columnsIn(triage)) return say(unsigned(triage));
  if (data === undefined) return delegate('usage_data', `Data: ${triage}`);
  if (optimisation === undefined) return delegate('usage_optimisation', `Optimisation: ${triage}\n${data}`);
  if (report === undefined) return delegate('usage_report', `Report: ${triage}\n${data}\n${optimisation}`);
  return say(unsigned(report));
}

function triage({ outcomes }: Turn, task: string): OfflineStep {
  const [listed] = outcomes;
  if (!listed) return { type: 'call', calls: [call('tables_list', {})] };
  const found = tableFrom(listed.value, task);
  if (!found) return say(NO_TABLE);
  if ('reason' in found) return say(found.reason);
  const { columns, notes } = found;
  return say(JSON.stringify(notes.length > 0 ? { ...columns, notes } : columns));
}

/** Asks everything at once, and answers when everything is answered. */
function query(
  { outcomes }: Turn,
  task: string,
  queriesFor: (columns: NonNullable<ReturnType<typeof columnsIn>>) => readonly string[],
  tell: (answers: JSONValue[][][]) => string,
): OfflineStep {
  const columns = columnsIn(task);
  if (!columns) return say(NO_TABLE);
  if (outcomes.length === 0) {
    return { type: 'call', calls: queriesFor(columns).map((sql) => call('tables_query', { sql })) };
  }
  const failure = outcomes.find(({ isError }: ToolOutcome) => isError);
  return say(
    failure
      ? `A query failed: ${textOf(failure.value, 'detail')}`
      : tell(outcomes.map(({ value }) => rowsOf(value))),
  );
}

const delegate = (agent: (typeof stages)[number], task: string): OfflineStep => ({
  type: 'call',
  calls: [call('delegate', { agent, task: task.slice(0, 20_000) })],
});

const call = (toolName: string, input: object): OfflineCall => ({ toolName, input: JSON.stringify(input) });

const unsigned = (text: string): string => text.replace(/\s*\(offline model\)\s*$/, '');

/** Signed like every answer of the offline model. */
const say = (text: string): OfflineStep => ({
  type: 'answer',
  words: `${text}\n\n(offline model)`.match(/\s*\S+/g) ?? [],
  afterMilliseconds: 0,
});
