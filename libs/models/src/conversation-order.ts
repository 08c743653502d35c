import type { ChatMessage, ToolCall } from './chat-message.ts';

type Answer = Extract<ChatMessage, { role: 'assistant' }>;
type Result = Extract<ChatMessage, { role: 'tool' }>;

/** In the place of an answer that there is none of. Templates want user and assistant to alternate. */
export const NO_ANSWER = '[This message was not answered.]';
const NO_QUESTION = '[The beginning of the conversation was left out.]';
const GO_ON = '[Go on.]';
const EMPTY = '[This message is empty.]';
const NO_RESULT = 'The call was interrupted; there is no result. Call the tool again if you need it.';

/**
 * A conversation in the order that every provider and chat template accepts: it begins with the user and ends with
 * the user or with results; user and assistant alternate; no turn is empty; a call's result follows it directly, each
 * call has one, and no result is without its call. Nothing that was said is lost, but for results of no call.
 */
export function inOrder(messages: readonly ChatMessage[]): ChatMessage[] {
  const ordered: ChatMessage[] = [];
  for (let at = 0; at < messages.length; at++) {
    const message = messages[at]!;
    if (message.role === 'user') addUser(ordered, message.text);
    if (message.role !== 'assistant') continue;
    const results = messages.slice(at + 1, nextTurn(messages, at + 1)).filter(({ role }) => role === 'tool');
    addAnswer(ordered, message, results as Result[]);
  }
  if (ordered.at(-1)?.role === 'assistant' || ordered.length === 0) addUser(ordered, GO_ON);
  return ordered;
}

function nextTurn(messages: readonly ChatMessage[], from: number): number {
  const at = messages.findIndex(({ role }, index) => index >= from && role !== 'tool');
  return at === -1 ? messages.length : at;
}

function addUser(ordered: ChatMessage[], said: string): void {
  const text = said.trim() === '' ? EMPTY : said;
  const last = ordered.at(-1);
  if (last?.role === 'tool') ordered.push({ role: 'assistant', text: NO_ANSWER, toolCalls: [] });
  // Two parts of one message would do for some, but others take a text only.
  if (last?.role === 'user') ordered[ordered.length - 1] = { role: 'user', text: `${last.text}\n\n${text}` };
  else ordered.push({ role: 'user', text });
}

function addAnswer(ordered: ChatMessage[], answer: Answer, results: readonly Result[]): void {
  const last = ordered.at(-1)?.role;
  if (last === undefined) addUser(ordered, NO_QUESTION);
  if (last === 'assistant') addUser(ordered, GO_ON);
  if (answer.toolCalls.length === 0) {
    ordered.push({ ...answer, text: answer.text.trim() === '' ? NO_ANSWER : answer.text });
    return;
  }
  const left = [...results];
  const calls = distinct(answer.toolCalls);
  ordered.push({ ...answer, text: answer.text.trim() === '' ? '' : answer.text, toolCalls: calls });
  for (const [index, { id, name }] of calls.entries()) {
    const asked = answer.toolCalls[index]!.id;
    const at = left.findIndex(({ toolCallId }) => toolCallId === asked);
    const [result] = at === -1 ? [] : left.splice(at, 1);
    const answered = result ?? { role: 'tool' as const, result: NO_RESULT, isError: true };
    ordered.push({ ...answered, toolCallId: id, toolName: name });
  }
}

/** Calls of one reply whose ids differ, whatever the model wrote. */
function distinct(calls: readonly ToolCall[]): ToolCall[] {
  const seen = new Set<string>();
  return calls.map((call, index) => {
    const isNew = call.id !== '' && !seen.has(call.id);
    seen.add(call.id);
    return isNew ? call : { ...call, id: `${call.id}~${index}`, providerId: call.providerId ?? call.id };
  });
}
