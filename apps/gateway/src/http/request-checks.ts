import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuseHostileJson } from '../validation/untrusted-json.ts';
import { answerBySocket } from '../problems/http-problem.ts';
import { HttpProblemFilter } from '../problems/http-problem.filter.ts';
import { type TransportError } from '../validation/request.errors.ts';
import { RouteTable } from './route-table.ts';
import { transportError } from '../problems/transport-problems.ts';

/** Longest path with query, in characters. */
const MAX_URL_LENGTH = 8_000;
/** What answers can be: everything under /v1 is one of these. */
const answers = new Set([
  'application/json',
  'application/problem+json',
  'application/jsonl',
  'text/event-stream',
]);

/**
 * Rejects malformed requests and foreign host names before routing; adds the request id to every response.
 * @param isAllowedHost whether the request names the server as it may be named
 */
export function checkRequests(
  fastify: FastifyInstance,
  isAllowedHost: (request: FastifyRequest) => boolean,
): void {
  const routes = new RouteTable();
  const filter = new HttpProblemFilter();
  fastify.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    if (!isAllowedHost(request)) return filter.answer(transportError(421), request, reply);
    const allowed = request.is404 ? routes.methodsOf(request.url) : [];
    if (allowed.length > 0) void reply.header('allow', [...allowed, 'OPTIONS'].join(', '));
    if (allowed.length > 0 && request.method === 'OPTIONS') {
      void reply.status(204).send();
      return undefined;
    }
    const refusal = refusalOf(request, allowed.length > 0);
    if (refusal) filter.answer(refusal, request, reply);
    else done();
    return undefined;
  });
}

/** Before any route, its guards and its handler see the body. */
export function guardBodies(fastify: FastifyInstance): void {
  const filter = new HttpProblemFilter();
  fastify.addHook('preHandler', (request, reply, done) => {
    try {
      // What is uploaded as a stream is not JSON.
      if (!(request.body instanceof Readable)) refuseHostileJson(request.body);
      done();
    } catch (error) {
      filter.answer(error, request, reply);
    }
  });
}

/** For what Fastify refuses before there is a hook. */
export function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  new HttpProblemFilter().answer(error, request, reply);
}

function refusalOf(request: FastifyRequest, isKnownPath: boolean): TransportError | undefined {
  if (request.url.length > MAX_URL_LENGTH) return transportError(414);
  if (isKnownPath) return transportError(405);
  if (request.url.startsWith('/v1/') && !acceptsAnswers(request.headers.accept)) return transportError(406);
  return undefined;
}

/** Source: RFC 9110, section 12.5.1. */
function acceptsAnswers(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) return false;
    return type === '*/*' || type === 'application/*' || answers.has(type);
  });
}

const statusOfCode: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what is not even HTTP: there is no request, so the answer is written by hand. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  answerBySocket(transportError(statusOfCode[error.code ?? ''] ?? 400), socket);
}
