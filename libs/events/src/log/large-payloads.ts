import { randomUUID } from 'node:crypto';
import type { JsonValue } from '@bulkhead/user-context';
import type { NewEvent } from './event-log.service.ts';

/** Largest part of an event that a tool or a model has made, in characters of JSON. */
export const MAX_INLINE_CHARACTERS = 16 * 1024;
/** How much of something larger its event shows. */
const PREVIEW_CHARACTERS = 1_000;

/** Something that is too large for its event, and the id under which it is stored instead. */
export interface Overflow {
  readonly resultId: string;
  readonly content: JsonValue;
}

/** Takes out of an event what is too large for it: the event then shows the begin of its JSON, and names it. */
export function withoutOverflow(event: NewEvent): {
  readonly data: NewEvent['data'];
  readonly overflow?: Overflow;
} {
  switch (event.type) {
    case 'tool_executing':
    case 'approval_requested': {
      const cut = cutOff(event.data.arguments);
      if (!cut) return event;
      const { preview, overflow } = cut;
      return { data: { ...event.data, arguments: preview, argumentsRef: overflow.resultId }, overflow };
    }
    case 'tool_completed': {
      const cut = event.data.result === undefined ? undefined : cutOff(event.data.result);
      if (!cut) return event;
      const { preview, overflow } = cut;
      return { data: { ...event.data, result: preview, resultRef: overflow.resultId }, overflow };
    }
    default:
      return event;
  }
}

function cutOff(content: JsonValue): { readonly preview: string; readonly overflow: Overflow } | undefined {
  const json = JSON.stringify(content);
  if (json.length <= MAX_INLINE_CHARACTERS) return undefined;
  const preview = json.slice(0, PREVIEW_CHARACTERS).toWellFormed();
  return { preview, overflow: { resultId: randomUUID(), content } };
}
