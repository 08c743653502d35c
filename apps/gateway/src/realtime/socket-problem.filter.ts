import { Catch, Injectable, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { toProblemDetails } from '@bulkhead/errors';
import { NodeLifecycle } from '../lifecycle/node-lifecycle.service.ts';
import type { SocketRequest } from './socket-request.ts';
import { logProblem } from '../problems/problem-log.ts';

/** Answers every error of a socket message in its acknowledgement, with the same body as REST. */
@Injectable()
@Catch()
export class SocketProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Socket');

  constructor(private readonly node: NodeLifecycle) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const error = this.node.explain(thrown);
    // Nest hands over [client, data, frame, event].
    const frame = host.getArgByIndex<SocketRequest>(2);
    logProblem(this.#logger, error, frame.requestId);
    frame.answer({ ok: false, problem: toProblemDetails(error) });
  }
}
