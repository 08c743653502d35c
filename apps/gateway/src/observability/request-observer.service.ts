import { Injectable, Logger } from '@nestjs/common';
import { Metrics, Tracing, type TraceSpan } from '@bulkhead/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '@bulkhead/user-context';

/** Asked all the time by machines: not worth a line each. */
const routine = new Set(['/metrics', '/health/live', '/health/ready', '/health/startup']);

/** Counts, times and traces requests, and writes a line for each. Bodies, queries and headers are not looked at. */
@Injectable()
export class RequestObserver {
  readonly #logger = new Logger('Requests');
  readonly #spans = new WeakMap<FastifyRequest, TraceSpan>();

  constructor(
    private readonly metrics: Metrics,
    private readonly tracing: Tracing,
  ) {}

  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, _reply, done) => {
      if (this.tracing.isOn && !routine.has(routeOf(request))) this.#begin(request);
      done();
    });
    // Reading a body forgets who called; from here on, what is called belongs to the request's span.
    fastify.addHook('preHandler', (request, _reply, done) => {
      const span = this.#spans.get(request);
      if (span) this.tracing.within(span, done);
      else done();
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      this.#end(request, reply);
      done();
    });
  }

  #begin(request: FastifyRequest): void {
    const { traceparent } = request.headers;
    const span = this.tracing.start(`${request.method} ${routeOf(request)}`, {
      kind: 'server',
      parent: typeof traceparent === 'string' ? traceparent : undefined,
      attributes: { 'request.id': request.id, 'http.route': routeOf(request) },
    });
    this.#spans.set(request, span);
  }

  #end(request: FastifyRequest, reply: FastifyReply): void {
    const route = routeOf(request);
    const { statusCode: status, elapsedTime } = reply;
    const statusClass = `${Math.floor(status / 100)}xx` as '2xx';
    this.metrics.count('bulkhead_http_requests_total', { route, status: statusClass });
    // A stream takes as long as somebody listens.
    const isStream = String(reply.raw.getHeader('content-type')).startsWith('text/event-stream');
    if (!isStream) this.metrics.observe('bulkhead_http_request_seconds', elapsedTime / 1000, { route });
    const span = this.#spans.get(request);
    span?.set({ 'http.response.status_code': status });
    span?.end(status >= 500 ? new Error(`Answered with ${status}.`) : undefined);
    const line = {
      requestId: request.id,
      ...idsOf(request),
      method: request.method,
      route,
      status,
      durationMs: Math.round(elapsedTime),
    };
    if (routine.has(route)) this.#logger.debug(line);
    else this.#logger.log(line);
  }
}

/** The route's pattern, never the path: that has ids in it. */
const routeOf = (request: FastifyRequest): string =>
  request.is404 ? 'none' : (request.routeOptions.url ?? 'none');

function idsOf(request: FastifyRequest): Record<string, string> {
  const { identity } = request as { identity?: Identity };
  const { threadId, runId } = (request.params ?? {}) as { threadId?: string; runId?: string };
  return {
    ...(identity && { userId: identity.userId }),
    // Only what the route was let in with: a path may say anything.
    ...(identity && threadId !== undefined && { threadId }),
    ...(identity && runId !== undefined && { runId }),
  };
}
