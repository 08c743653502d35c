import type { JSONValue } from '@ai-sdk/provider';
import type { Wishes } from './offline-request.ts';
import { tellTables } from './offline-table-question.ts';
import type { ToolOutcome } from './offline-turn.ts';

const SIGNATURE = '(offline model)';
const MAX_ECHO = 200;
const MAX_NOTES = 20;
const MAX_RESULT = 500;

/** Ends every answer, so that nobody takes it for a real model's. */
export const sign = (sentences: readonly string[]): string =>
  [...sentences, SIGNATURE].reduce((text, sentence) => text + (text.endsWith('\n') ? '' : ' ') + sentence);

/** One sentence per tool that answered, in the order of asking. */
export function tell(outcome: ToolOutcome, wishes: Wishes): string {
  const { toolName, value, isError } = outcome;
  if (isError) return tellPlainly(outcome);
  if (toolName === 'calculator') return `${calculation(outcome, wishes)}.`;
  if (toolName === 'current_time') return `It is ${moment(value)}.`;
  if (toolName === 'notes_add') return `Noted: "${shorten(textOf(value, 'text'), MAX_RESULT)}".`;
  if (toolName === 'notes_list') return tellNotes(value);
  if (wishes.table?.toolName === toolName) return tellTables(wishes.table, value) ?? tellPlainly(outcome);
  return tellPlainly(outcome);
}

/** For any tool: what it answered, shortened. */
export function tellPlainly({ toolName, value, isError }: ToolOutcome): string {
  const verb = isError ? 'failed' : 'answered';
  return `The tool ${toolName} ${verb}: ${shorten(textOf(value, isError ? 'detail' : undefined), MAX_RESULT)}`;
}

/** What there is to note when the user says "it": the results so far, without the errors. */
export function resultsToNote(outcomes: readonly ToolOutcome[], wishes: Wishes): string {
  const results = outcomes.filter(({ isError }) => !isError);
  return results
    .flatMap((outcome) => {
      if (outcome.toolName === 'calculator') return [calculation(outcome, wishes)];
      return outcome.toolName === 'current_time' ? [moment(outcome.value)] : [];
    })
    .join('; ');
}

export function smallTalk(userText: string): string[] {
  const count = userText.split(/\s+/).filter(Boolean).length;
  const echo = count === 0 ? 'You said nothing.' : `You said: "${shorten(userText.trim(), MAX_ECHO)}"`;
  return [
    `${echo} (${count} ${count === 1 ? 'word' : 'words'}).`,
    'Without a language model I can calculate ("What is 37 * 43?"), tell the time ("What time is it in Europe/Berlin?")',
    'keep notes ("Remember that …", "What are my notes?")',
    'and ask your tables ("How many rows has usage?", "Sum of cost by model in table usage").',
  ];
}

const calculation = ({ value }: ToolOutcome, { expression }: Wishes): string =>
  `${expression ?? 'The result'} = ${textOf(value, 'result')}`;

function moment(value: JSONValue): string {
  const zone = fieldOf(value, 'timeZone');
  const text = textOf(value, 'formatted');
  return typeof zone === 'string' && !text.includes(zone) ? `${text} (${zone})` : text;
}

function tellNotes(value: JSONValue): string {
  const notes = fieldOf(value, 'notes');
  if (!Array.isArray(notes)) return `Your notes: ${shorten(textOf(value), MAX_RESULT)}`;
  if (notes.length === 0) return 'I find no notes of yours.';
  const shown = notes.slice(0, MAX_NOTES).map((note, index) => {
    return `${index + 1}. ${shorten(textOf(note, 'text'), MAX_RESULT)}`;
  });
  const more = notes.length > MAX_NOTES ? `\n… and ${notes.length - MAX_NOTES} more.` : '';
  return `You have ${notes.length} ${notes.length === 1 ? 'note' : 'notes'}:\n${shown.join('\n')}${more}\n`;
}

function fieldOf(value: JSONValue, field: string): JSONValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[field] : undefined;
}

/** A field's text, or the whole value as JSON: the tools are not ours, so their answers may look otherwise. */
function textOf(value: JSONValue, field?: string): string {
  const chosen = (field === undefined ? undefined : fieldOf(value, field)) ?? value;
  return typeof chosen === 'string' ? chosen : JSON.stringify(chosen);
}

/** Counts code points: half a surrogate pair can't be stored. */
function shorten(text: string, limit: number): string {
  const points = Array.from(text.slice(0, 2 * (limit + 1)));
  return points.length > limit ? `${points.slice(0, limit).join('')}…` : text;
}
