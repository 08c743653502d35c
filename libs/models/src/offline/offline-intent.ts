import type { ModelPrompt } from '../model.contract.ts';
import { resultsToNote, sign, smallTalk, tell, tellPlainly } from './offline-answer.ts';
import { readRequest, type Directive, type Wishes } from './offline-request.ts';
import { readTurn, type Turn } from './offline-turn.ts';
import { usageAnalysisStep } from './usage-analysis/usage-analysis.ts';

/** A tool that the model asks for. `input` is JSON text, as providers deliver it. */
export interface OfflineCall {
  readonly toolName: string;
  readonly input: string;
}

/** What the offline model does next. */
export type OfflineStep =
  | { readonly type: 'call'; readonly calls: readonly OfflineCall[] }
  /** Each word is one part of the stream. */
  | { readonly type: 'answer'; readonly words: readonly string[]; readonly afterMilliseconds: number }
  | { readonly type: 'fail' };

/** Decides from the last user message and what the tools answered since. The same prompt gives the same step. */
export function nextStep(
  prompt: ModelPrompt,
  offered: ReadonlySet<string>,
  delegates: ReadonlySet<string> = new Set(),
): OfflineStep {
  const turn = readTurn(prompt);
  const request = readRequest(turn.userText);
  if (request.kind !== 'wishes') return obey(request, turn);
  return usageAnalysisStep(turn, delegates) ?? fulfil(request, turn, offered);
}

function obey(request: Directive, turn: Turn): OfflineStep {
  switch (request.kind) {
    case 'fail':
      return { type: 'fail' };
    case 'sleep':
      return answer([`I slept ${request.milliseconds} milliseconds.`], request.milliseconds);
    case 'say':
      return count(request.words);
    case 'tool':
      return turn.asked.size === 0
        ? { type: 'call', calls: [{ toolName: request.toolName, input: request.input }] }
        : answer(turn.outcomes.map(tellPlainly));
    case 'delegate':
      return turn.asked.size === 0
        ? { type: 'call', calls: request.assignments.map((assignment) => call('delegate', assignment)) }
        : answer(turn.outcomes.map(tellPlainly));
    case 'bench':
      if (turn.asked.size === 0) return { type: 'call', calls: [call('calculator', { expression: '6*7' })] };
      return turn.outcomes.some(({ isError }) => isError)
        ? answer(turn.outcomes.map(tellPlainly))
        : count(request.words);
  }
}

function fulfil(wishes: Wishes, turn: Turn, offered: ReadonlySet<string>): OfflineStep {
  const rounds = plan(wishes, turn);
  for (const round of rounds) {
    const calls = round.filter(({ toolName }) => offered.has(toolName) && !turn.asked.has(toolName));
    if (calls.length > 0) return { type: 'call', calls };
  }
  const missing = rounds.flat().filter(({ toolName }) => !offered.has(toolName) && !turn.asked.has(toolName));
  const sentences = [
    ...turn.outcomes.map((outcome) => tell(outcome, wishes)),
    ...missing.map(
      ({ toolName }) => `For that I need the tool ${toolName}, which is not offered to me here.`,
    ),
  ];
  if (sentences.length > 0) return answer(sentences);
  if (wishes.note === 'results') return answer(['What shall I note? Say "Remember that …".']);
  return answer(smallTalk(turn.userText));
}

/** Rounds of independent calls. Noting waits for the results to note, listing for the note to be listed. */
function plan(wishes: Wishes, turn: Turn): OfflineCall[][] {
  const { expression, time, note, notes, table } = wishes;
  const text = note === 'results' ? resultsToNote(turn.outcomes, wishes) : note?.text;
  const listing = notes ? [call('notes_list', notes)] : [];
  return [
    [
      ...(expression === undefined ? [] : [call('calculator', { expression })]),
      ...(time ? [call('current_time', time)] : []),
      ...(note ? [] : listing),
      ...(table ? [call(table.toolName, table.input)] : []),
    ],
    text ? [call('notes_add', { text })] : [],
    note ? listing : [],
  ];
}

const call = (toolName: string, input: object): OfflineCall => ({ toolName, input: JSON.stringify(input) });

function answer(sentences: readonly string[], afterMilliseconds = 0): OfflineStep {
  return { type: 'answer', words: sign(sentences).match(/\s*\S+/g) ?? [], afterMilliseconds };
}

function count(words: number): OfflineStep {
  const counted = Array.from({ length: words }, (_, index) => `${index === 0 ? '' : ' '}word${index + 1}`);
  return { type: 'answer', words: counted, afterMilliseconds: 0 };
}
