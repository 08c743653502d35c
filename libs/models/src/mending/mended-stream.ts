import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { NoModelError } from '../provider-failure.ts';
import { isRecord, type LeaveOut, type Mending } from './chunk-mender.ts';

/** Characters of one event, or of an answer that is no stream; more is given up. */
const MAX_EVENT = 16_000_000;
const DONE = '[DONE]';

/**
 * Reads the body of an answer and writes it as the event stream that an SDK can read. A body of JSON, from servers that
 * do not stream, becomes one; what is broken JSON ends the answer, because words would be lost with it.
 */
export function mendedStream(mending: Mending, leaveOut: LeaveOut): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const mender = mending(leaveOut);
  let kind: 'unknown' | 'events' | 'json' = 'unknown';
  let begin = '';
  let pending = 0;
  let out: (text: string) => void = () => undefined;

  const take = (value: unknown, event?: string): void => {
    if (!isRecord(value)) return leaveOut('chunk that is no object');
    for (const chunk of mender.mend(value, event)) out(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const parser = createParser({
    onEvent: ({ data, event }: EventSourceMessage) => {
      pending = 0;
      const text = data.trim();
      if (text === '' || text === DONE) return;
      const value = parsed(text);
      if (value !== undefined) return take(value, event);
      // Words such as "ping", which keep the connection open; half an object is half an answer.
      if (/^[{["]/.test(text)) throw new SyntaxError('The stream has a chunk that is no JSON.');
      leaveOut('event that is no JSON');
    },
  });

  const read = (text: string): void => {
    pending += text.length;
    if (pending > MAX_EVENT) throw new RangeError('The stream has a chunk that is too large.');
    if (kind === 'events') return parser.feed(text);
    begin += text;
    const first = begin.trimStart()[0];
    if (kind === 'json' || first === undefined) return;
    if (first === '<') throw new NoModelError('The answer is a page.');
    kind = first === '{' || first === '[' ? 'json' : 'events';
    if (kind === 'events') parser.feed(begin);
  };

  return new TransformStream({
    transform: (bytes, controller) => {
      out = (text) => controller.enqueue(encoder.encode(text));
      read(decoder.decode(bytes, { stream: true }));
    },
    flush: (controller) => {
      out = (text) => controller.enqueue(encoder.encode(text));
      read(decoder.decode());
      if (kind === 'json') for (const value of documentsIn(begin)) take(value);
      // Some servers end without the empty line that ends an event.
      else parser.feed('\n\n');
      for (const chunk of mender.end?.() ?? []) out(`data: ${JSON.stringify(chunk)}\n\n`);
    },
  });
}

/** One document, a list of chunks, or a chunk per line. */
function documentsIn(text: string): unknown[] {
  const whole = parsed(text);
  if (Array.isArray(whole)) return whole;
  if (whole !== undefined) return [whole];
  return text.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    const value = parsed(line);
    if (value === undefined) throw new SyntaxError('The answer is no JSON.');
    return [value];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
