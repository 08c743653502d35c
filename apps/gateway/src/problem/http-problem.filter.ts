import {
  Catch,
  HttpException,
  Injectable,
  Logger,
  Optional,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { AppError, toProblemDetails, type ProblemDetails } from '@bulkhead/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { logProblem } from './problem-log.ts';
import { Refusals } from './refusals.service.ts';
import { TransportError } from './request.errors.ts';
import { transportError } from './transport-problems.ts';

/** Answers every error of a REST request with problem details (RFC 9457). */
@Injectable()
@Catch()
export class HttpProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Http');

  /** @param refusals absent where no route was found yet: there is nothing to be refused */
  constructor(@Optional() private readonly refusals?: Refusals) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    this.answer(this.refusals?.ofRequest(error, request) ?? error, request, http.getResponse<FastifyReply>());
  }

  /** Also for what the HTTP server refuses before any route is found. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = problemOf(error);
    if (problem.status >= 500) logProblem(this.#logger, error, request.id);
    if (reply.sent) return;
    if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', problem.retryAfterSeconds);
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply
      .status(problem.status)
      .header('x-request-id', request.id)
      .type('application/problem+json')
      .send({ ...problem, requestId: request.id });
  }
}

function problemOf(error: unknown): ProblemDetails {
  const refusal = error instanceof TransportError ? error : transportError(statusOf(error));
  return refusal ? { ...toProblemDetails(refusal), status: refusal.status } : toProblemDetails(error);
}

/** The status of an error of Nest or Fastify; 0 for any other. */
function statusOf(error: unknown): number {
  if (error instanceof AppError || !(error instanceof Error)) return 0;
  if (error instanceof HttpException) return error.getStatus();
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0;
}
