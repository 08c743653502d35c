import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { toProblemDetails, type ProblemDetails } from '@bulkhead/errors';
import { TransportError } from '../validation/request.errors.ts';

/** The problem for any thrown value; one of the HTTP server itself has its own status and title. */
export function httpProblemOf(error: unknown): ProblemDetails {
  const problem = toProblemDetails(error);
  if (!(error instanceof TransportError)) return problem;
  return { ...problem, status: error.status, title: error.title };
}

/** Answers where there is no response to write to, and closes the connection. */
export function answerBySocket(error: unknown, socket: Duplex): void {
  const problem = httpProblemOf(error);
  const requestId = randomUUID();
  const body = JSON.stringify({ ...problem, requestId });
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      `X-Request-Id: ${requestId}`,
      ...(problem.retryAfterSeconds === undefined ? [] : [`Retry-After: ${problem.retryAfterSeconds}`]),
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
