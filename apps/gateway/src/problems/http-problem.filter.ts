import {
  Catch,
  HttpException,
  Injectable,
  Logger,
  Optional,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { AppError } from '@bulkhead/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NodeLifecycle } from '../lifecycle/node-lifecycle.service.ts';
import { httpProblemOf } from './http-problem.ts';
import { logProblem } from './problem-log.ts';
import { AccessDenialRecorder } from '../security/access-denial-recorder.service.ts';
import { transportError } from './transport-problems.ts';

/** Answers every error of a REST request with problem details (RFC 9457). */
@Injectable()
@Catch()
export class HttpProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Http');

  /** @param refusals absent where no route was found yet: there is nothing to be refused */
  constructor(
    @Optional() private readonly refusals?: AccessDenialRecorder,
    @Optional() private readonly node?: NodeLifecycle,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const explained = this.node ? this.node.explain(error) : error;
    const answered = this.refusals?.ofRequest(explained, request) ?? explained;
    this.answer(answered, request, http.getResponse<FastifyReply>());
  }

  /** Also for what the HTTP server refuses before any route is found. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = httpProblemOf(inOurWords(error));
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

/** An error of Nest, Fastify or a plugin of it, in our words. */
const inOurWords = (error: unknown): unknown => transportError(statusOf(error)) ?? error;

/** The status of an error of Nest or Fastify; 0 for any other. */
function statusOf(error: unknown): number {
  if (error instanceof AppError || !(error instanceof Error)) return 0;
  if (error instanceof HttpException) return error.getStatus();
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0;
}
