import type { ContextInput } from './context-fields.ts';
import type { Identity } from './identity.ts';

/** An HTTP request that the authentication guard has let through. */
export interface AuthenticatedHttpRequest {
  readonly identity: Identity;
  /** The server's own id of the request, a UUID; generated when absent. */
  readonly id?: string;
  readonly method: string;
  /** Path with query, as received. */
  readonly url: string;
  /** Address of the client, as far as proxies are trusted; absent when the connection closed early. */
  readonly ip: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** A Socket.IO connection that the handshake middleware has let through. */
export interface AuthenticatedSocket {
  readonly id: string;
  readonly data: { readonly identity: Identity };
  readonly handshake: {
    readonly address: string | undefined;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  };
}

/** What a socket message says about where it belongs. */
export interface SocketMessage {
  readonly event: string;
  /** The server's own id of the message, a UUID; generated when absent. */
  readonly requestId?: string | undefined;
  readonly threadId?: unknown;
  readonly runId?: unknown;
}

/** A run as stored when it was accepted, reopened by a worker with a fresh identity of its owner. */
export interface StoredRun {
  readonly identity: Identity;
  /** The JSON form of the context that accepted the run. */
  readonly context: unknown;
}

/** Longest header value kept, in characters. */
const MAX_HEADER_LENGTH = 512;
const recordedHeaders = {
  'user-agent': 'userAgent',
  'content-type': 'contentType',
  'x-request-id': 'clientRequestId',
  'x-correlation-id': 'correlationId',
  traceparent: 'traceparent',
} as const;

/** The allow-list of facts about an HTTP request that go to the audit trail: no other header ever does. */
export function auditOfHttpRequest(request: AuthenticatedHttpRequest): ContextInput['auditMetadata'] {
  return {
    ...addressOf(request.ip),
    method: recordable(request.method),
    path: recordable(request.url.split('?', 1)[0] ?? ''),
    ...headersOf(request.headers),
  };
}

/** The same for a socket message; method and path are those of the event. */
export function auditOfSocket(socket: AuthenticatedSocket, event: string): ContextInput['auditMetadata'] {
  return {
    ...addressOf(socket.handshake.address),
    method: 'SOCKET',
    path: recordable(event),
    ...headersOf(socket.handshake.headers),
  };
}

const addressOf = (address: string | undefined): { readonly clientIp?: string } =>
  address === undefined ? {} : { clientIp: recordable(address) };

function headersOf(headers: AuthenticatedHttpRequest['headers']): Record<string, string> {
  const recorded: Record<string, string> = {};
  for (const [header, key] of Object.entries(recordedHeaders)) {
    const value = headers[header];
    if (typeof value === 'string') recorded[key] = recordable(value);
  }
  return recorded;
}

/** A hostile header must neither break the request nor the log: cut, and without control characters. */
function recordable(text: string): string {
  return text.slice(0, MAX_HEADER_LENGTH).replace(/[\p{Cc}\p{Cs}]/gu, '');
}
