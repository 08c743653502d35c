import { badBodies, badIds, badSequences, badTexts, show } from './bad-values.ts';

/** A frame that must be refused, with the field that the refusal must name. `:thread` stands for a thread of the sender's. */
export type BadFrame = readonly [name: string, event: string, payload: readonly unknown[], field: string];

const frame = (event: string, payload: object, field: string): BadFrame => [
  `${event} ${show(payload)}`,
  event,
  [payload],
  field,
];

/** What JSON can carry and an object literal can't write. */
const parsed = (text: string): object => JSON.parse(text) as object;

const thread = { threadId: ':thread' } as const;
const message = { ...thread, content: 'hello' } as const;
const known = ['thread_subscribe', 'thread_unsubscribe', 'message_send', 'run_cancel', 'event_ack'] as const;

const ids: readonly BadFrame[] = badIds.flatMap((id) => [
  // Null is absent here, as in JSON of many clients: a new thread.
  ...(id === null ? [] : [frame('thread_subscribe', { threadId: id }, 'threadId')]),
  frame('thread_unsubscribe', { threadId: id }, 'threadId'),
  frame('message_send', { ...message, threadId: id }, 'threadId'),
  frame('run_cancel', { runId: id }, 'runId'),
  frame('event_ack', { threadId: id, seq: 1 }, 'threadId'),
]);

const values: readonly BadFrame[] = [
  ...[...badTexts, '', 'a'.repeat(32_001)].map((content) =>
    frame('message_send', { ...message, content }, 'content'),
  ),
  ...['Nobody!', 'nobody', 7, [], ''].map((agentName) =>
    frame('message_send', { ...message, agentName }, 'agentName'),
  ),
  ...badSequences.map((afterSeq) => frame('thread_subscribe', { ...thread, afterSeq }, 'afterSeq')),
  ...[...badSequences, 0, null].map((seq) => frame('event_ack', { ...thread, seq }, 'seq')),
  frame('thread_subscribe', { ...thread, afterSeq: 1 }, 'afterSeq'),
  frame('event_ack', { ...thread, seq: 1 }, 'seq'),
  frame('message_send', thread, 'content'),
  frame('event_ack', thread, 'seq'),
  frame('run_cancel', {}, 'runId'),
];

const bodies: readonly BadFrame[] = known.flatMap((event) => [
  ...badBodies.map((body): BadFrame => [`${event} ${show(body)}`, event, [body], 'body']),
  [`${event} without a payload`, event, [], 'body'],
]);

const fields: readonly BadFrame[] = [
  frame('thread_subscribe', { extra: 1 }, 'extra'),
  frame('message_send', { ...message, userId: 'b6b2b1a0-0000-4000-8000-000000000000' }, 'userId'),
  frame('message_send', { ...message, role: 'system' }, 'role'),
  frame(
    'message_send',
    parsed('{"threadId":":thread","content":"hello","__proto__":{"isAdmin":true}}'),
    '__proto__',
  ),
  frame('message_send', parsed('{"threadId":":thread","content":"hello","constructor":{}}'), 'constructor'),
  frame('thread_subscribe', parsed('{"__proto__":{}}'), '__proto__'),
];

export const badFrames: readonly BadFrame[] = [...ids, ...values, ...bodies, ...fields];
