import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpProblemFilter } from './http-problem.filter.ts';
import { transportError } from './transport-problems.ts';

/** How long a client that was answered early may go on sending, in milliseconds. */
const LINGER_MS = 2_000;

export interface RequestTimeout {
  /** How long a body may take to arrive, in milliseconds. */
  readonly bodyMs: number;
  /** Reads its body itself, and has a limit of its own. */
  readonly isUpload: (request: FastifyRequest) => boolean;
}

/**
 * Answers 408 to a request whose body does not arrive in time, and closes its connection. Node has one limit for all
 * requests, which must be as long as the longest upload may take.
 */
export function limitBodies(fastify: FastifyInstance, { bodyMs, isUpload }: RequestTimeout): void {
  const filter = new HttpProblemFilter();
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  const stop = (request: FastifyRequest): void => clearTimeout(timers.get(request));
  fastify.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request) && !isUpload(request)) {
      const expire = (): void => {
        void reply.header('connection', 'close');
        filter.answer(transportError(408), request, reply);
      };
      timers.set(request, setTimeout(expire, bodyMs));
    }
    done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    stop(request);
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    stop(request);
    if (!request.raw.complete) endSoon(request);
    done();
  });
}

/** It was answered before its body was there, and may never send the rest. */
function endSoon({ raw }: FastifyRequest): void {
  const timer = setTimeout(() => raw.destroy(), LINGER_MS);
  raw.once('close', () => clearTimeout(timer));
}

/** Source: RFC 9112, section 6.3. */
const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
