import { randomUUID } from 'node:crypto';
import { InvalidContextError } from './context.errors.ts';
import { refusalOf } from './identifier-rules.ts';

declare const kind: unique symbol;
type Identifier<Kind extends string> = string & { readonly [kind]: Kind };

/** An account. A plain string does not compile where one of these is asked for. */
export type UserId = Identifier<'userId'>;
/** A conversation; owned by exactly one user. */
export type ThreadId = Identifier<'threadId'>;
/** One execution of an agent within a thread. */
export type RunId = Identifier<'runId'>;
/** One unit of work: an HTTP request, a socket message, a queued run, or a child of one. */
export type RequestId = Identifier<'requestId'>;
/** A Socket.IO connection. */
export type WebsocketClientId = Identifier<'websocketClientId'>;
/** An instant in UTC as ISO 8601 with milliseconds, e.g. `2026-01-31T12:00:00.000Z`. */
export type UtcInstant = Identifier<'createdAt'>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function parse<T extends string>(value: unknown, field: string): T {
  const refusal = refusalOf(value);
  if (refusal) throw new InvalidContextError(field, refusal);
  // UUIDs are equal whatever their case (RFC 9562, section 4), so one of them must be the same string everywhere.
  return (uuidPattern.test(value as string) ? (value as string).toLowerCase() : value) as T;
}

/** @throws InvalidContextError naming `field` */
export const parseUserId = (value: unknown, field = 'userId'): UserId => parse(value, field);
/** @throws InvalidContextError naming `field` */
export const parseThreadId = (value: unknown, field = 'threadId'): ThreadId => parse(value, field);
/** @throws InvalidContextError naming `field` */
export const parseRunId = (value: unknown, field = 'runId'): RunId => parse(value, field);
/** @throws InvalidContextError naming `field` */
export const parseWebsocketClientId = (value: unknown, field = 'websocketClientId'): WebsocketClientId =>
  parse(value, field);

/** @throws InvalidContextError naming `field` when the value is not a UUID */
export function parseRequestId(value: unknown, field = 'requestId'): RequestId {
  const id = parse<RequestId>(value, field);
  if (!uuidPattern.test(id)) throw new InvalidContextError(field, 'must be a UUID');
  return id;
}

/** @throws InvalidContextError naming `field` when the value is not a UTC instant with milliseconds */
export function parseUtcInstant(value: unknown, field = 'createdAt'): UtcInstant {
  const time = typeof value === 'string' ? new Date(value) : undefined;
  if (!time || Number.isNaN(time.getTime()) || time.toISOString() !== value) {
    throw new InvalidContextError(field, 'must be a UTC instant such as 2026-01-31T12:00:00.000Z');
  }
  return value as UtcInstant;
}

export const newThreadId = (): ThreadId => randomUUID() as string as ThreadId;
export const newRunId = (): RunId => randomUUID() as string as RunId;
export const newRequestId = (): RequestId => randomUUID() as string as RequestId;
export const utcNow = (): UtcInstant => new Date().toISOString() as UtcInstant;
