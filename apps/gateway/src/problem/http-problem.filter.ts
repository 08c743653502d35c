import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AppError, toProblemDetails, type ProblemDetails } from '@bulkhead/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TransportError } from './request.errors.ts';

/** What the HTTP server refuses before our code runs, in our words. */
const transportProblems: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: [
    'malformed_request',
    'The request can not be read. Send valid JSON with the matching Content-Length.',
  ],
  404: ['not_found', 'There is no such route. See /openapi.json for those there are.'],
  405: ['method_not_allowed', 'This route does not know the method.'],
  413: ['body_too_large', 'The body is too large. Send less at once.'],
  414: ['uri_too_long', 'The path is too long.'],
  415: ['unsupported_media_type', 'The body must be JSON: set Content-Type to application/json.'],
  431: ['headers_too_large', 'The headers are too large.'],
};

/** Answers every error of a REST request with problem details (RFC 9457). */
@Catch()
export class HttpProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for what the HTTP server refuses before any route is found. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = problemOf(error);
    if (problem.status >= 500 && (!(error instanceof AppError) || error.kind === 'internal')) {
      this.#logger.error({ requestId: request.id, err: error });
    }
    if (reply.sent) return;
    if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', problem.retryAfterSeconds);
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply
      .status(problem.status)
      .type('application/problem+json')
      .send({ ...problem, requestId: request.id });
  }
}

function problemOf(error: unknown): ProblemDetails {
  const refusal = transportError(error);
  return refusal ? { ...toProblemDetails(refusal), status: refusal.status } : toProblemDetails(error);
}

function transportError(error: unknown): TransportError | undefined {
  const status = statusOf(error);
  const [code, message] = transportProblems[status] ?? [];
  return code && message ? new TransportError(status, code, message) : undefined;
}

/** The status of an error of Nest or Fastify; 0 for any other. */
function statusOf(error: unknown): number {
  if (error instanceof AppError || !(error instanceof Error)) return 0;
  if (error instanceof HttpException) return error.getStatus();
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0;
}
