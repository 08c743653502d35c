import type { ChatBody, ChatWireCall, ChatWireMessage } from './chat-wire.ts';

/** Where a tool call is in a request. */
export interface PlacedCall {
  /** E.g. `messages[2].tool_calls[0]`. */
  readonly at: string;
  readonly call: ChatWireCall;
}

export const callsOf = ({ messages }: ChatBody): PlacedCall[] =>
  messages.flatMap(({ tool_calls = [] }, message) =>
    tool_calls.map((call, index) => ({ at: `messages[${message}].tool_calls[${index}]`, call })),
  );

/** Where each function's name is: of the tools on offer, and of the calls in the conversation. */
export const namesOf = (body: ChatBody): { at: string; name: string }[] => [
  ...(body.tools ?? []).map((tool, index) => ({
    at: `tools[${index}].function.name`,
    name: tool.function.name,
  })),
  ...callsOf(body).map(({ at, call }) => ({ at: `${at}.function.name`, name: call.function.name })),
];

/** The first message with calls that are not all answered directly after it, once each. */
export function findUnanswered(
  messages: readonly ChatWireMessage[],
): { index: number; ids: string[] } | undefined {
  for (const [index, { tool_calls: calls = [] }] of messages.entries()) {
    const answered = answersAfter(messages, index).map((message) => message.tool_call_id);
    const ids = calls.map(({ id }) => id).filter((id) => !answered.includes(id));
    if (ids.length > 0) return { index, ids };
  }
  return undefined;
}

/** The first tool message that answers no call of the turn before it, or one that is answered already. */
export function findStray(messages: readonly ChatWireMessage[]): number | undefined {
  const fitting = new Set<ChatWireMessage>();
  for (const [index, { tool_calls: calls = [] }] of messages.entries()) {
    const open = new Set(calls.map(({ id }) => id));
    for (const answer of answersAfter(messages, index)) {
      if (open.delete(answer.tool_call_id ?? '')) fitting.add(answer);
    }
  }
  const stray = messages.findIndex((message) => message.role === 'tool' && !fitting.has(message));
  return stray < 0 ? undefined : stray;
}

function answersAfter(messages: readonly ChatWireMessage[], index: number): ChatWireMessage[] {
  const after = messages.slice(index + 1);
  const end = after.findIndex(({ role }) => role !== 'tool');
  return end < 0 ? after : after.slice(0, end);
}

/**
 * Whether user and assistant alternate, beginning with the user, after the optional system message. Turns that call
 * tools, and the tools' results, don't count.
 */
export function alternates(messages: readonly ChatWireMessage[]): boolean {
  const turns = messages
    .slice(messages[0]?.role === 'system' ? 1 : 0)
    .filter(
      ({ role, tool_calls: calls = [] }) => role === 'user' || (role === 'assistant' && calls.length === 0),
    );
  return turns.every(({ role }, index) => (role === 'user') === (index % 2 === 0));
}

/** Whether a message says nothing: its content is absent or null. */
export const isSilent = ({ content }: ChatWireMessage): boolean => content === undefined || content === null;

/** Whether a system message is anywhere but at the beginning. */
export const hasLateSystem = (messages: readonly ChatWireMessage[]): boolean =>
  messages.some(({ role }, index) => role === 'system' && index > 0);

/** Whether a string of JSON is an object, as chat templates need it. */
export function isJsonObject(written: unknown): boolean {
  try {
    const value: unknown = JSON.parse(String(written));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
