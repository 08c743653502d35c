import { randomUUID } from 'node:crypto';
import type { EventBatch } from '../log/event-log.service.ts';

/** A batch with one event per text: a new batch each time, unless it is given a key. */
export function textBatch(texts: readonly string[], key: string = randomUUID()): EventBatch {
  return {
    agentName: 'assistant',
    key,
    events: texts.map((text) => ({ type: 'message_delta', data: { step: 1, text } })),
  };
}
