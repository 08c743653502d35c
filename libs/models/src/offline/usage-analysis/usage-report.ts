import type { JSONValue } from '@ai-sdk/provider';
import { fieldOf, isObject, jsonLine, numberOf } from './usage-answers.ts';
import { columnsIn } from './usage-columns.ts';

/** What a stage said in place of its figures. */
const reasonIn = (task: string): string =>
  task
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{') && !line.startsWith('('))
    .join(' ');

const COLUMNS = 'calls | cost | share | tokens in | tokens out | p95 latency';

/** The report, in Markdown, from what the team has found. Figures are copied, never made. */
export function reportFrom(task: string): string {
  const columns = columnsIn(task);
  const figures = jsonLine(task, 'totals');
  const totals = figures?.['totals'];
  if (!columns || !Array.isArray(totals))
    return `There are no figures to report on. ${reasonIn(task)}`.trim();
  const [calls, cost, tokensIn, tokensOut, latency, from, to] = totals;
  const total = numberOf(cost);
  const span = from && to ? [`- Time: ${text(from)} to ${text(to)}`] : [];
  return [
    '# LLM usage report',
    '',
    `From real queries over the table \`${columns.table}\`; written by rules, without a language model.`,
    '',
    '## Summary',
    '',
    `- Calls: ${text(calls)}`,
    `- Cost: ${text(cost)}`,
    `- Tokens in: ${text(tokensIn)}`,
    `- Tokens out: ${text(tokensOut)}`,
    ...(latency === null ? [] : [`- Latency, 95th percentile: ${text(latency)}`]),
    ...span,
    ...remarks(jsonLine(task, 'table')?.['notes']),
    ...section('Where the money goes, by model', 'model', figures?.['byModel'], total),
    ...section('By feature', 'feature', figures?.['byFeature'], total),
    ...section('By feature and model', 'feature, model', figures?.['byBoth'], total),
    ...changes(jsonLine(task, 'suggestions')?.['suggestions'], total),
  ].join('\n');
}

/** What the upload noted of the columns: units, cells without a value. */
function remarks(notes: JSONValue | undefined): string[] {
  const lines = Array.isArray(notes) ? notes.map((note) => `- ${text(note)}`) : [];
  return lines.length > 0 ? ['', '## About the table', '', ...lines] : [];
}

function section(title: string, keys: string, rows: JSONValue | undefined, total: number): string[] {
  if (!Array.isArray(rows) || rows.length === 0) return [];
  const lines = rows.filter((row) => Array.isArray(row)).map((row) => tableRow(row, total));
  return ['', `## ${title}`, '', `| ${keys} | ${COLUMNS} |`, `|${' --- |'.repeat(7)}`, ...lines];
}

function tableRow(row: JSONValue[], total: number): string {
  const [calls, cost, tokensIn, tokensOut, latency] = row.slice(-5);
  const keys = row.slice(0, -5).map(text).join(', ');
  const cells = [
    keys,
    text(calls),
    text(cost),
    share(numberOf(cost), total),
    text(tokensIn),
    text(tokensOut),
    text(latency),
  ];
  return `| ${cells.join(' | ')} |`;
}

function changes(suggestions: JSONValue | undefined, total: number): string[] {
  const found = Array.isArray(suggestions) ? suggestions.filter(isObject) : [];
  const lines = found.map((suggestion, index) => {
    const saves = fieldOf(suggestion, 'saves');
    const today = numberOf(fieldOf(suggestion, 'costs'));
    const saved = typeof saves === 'number' ? ` Saves about ${saves} (${share(saves, total)}).` : '';
    return `${index + 1}. ${text(fieldOf(suggestion, 'change'))} Today: ${today} (${share(today, total)}).${saved}`;
  });
  return ['', '## What to change', '', ...(lines.length > 0 ? lines : ['Nothing stands out.'])];
}

const share = (part: number, total: number): string =>
  total > 0 ? `${((100 * part) / total).toFixed(1)} %` : '-';

/** One line of a table: what users named can't break out of it. */
const text = (value: JSONValue | undefined): string =>
  value === null || value === undefined
    ? '-'
    : String(typeof value === 'object' ? JSON.stringify(value) : value).replace(/[|\s]+/g, ' ');
