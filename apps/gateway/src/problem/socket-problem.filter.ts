import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AppError, toProblemDetails, type ProblemDetails } from '@bulkhead/errors';
import { FrameObserver } from '../telemetry/frame-observer.service.ts';

/** What became of a client's event. */
export type FrameAnswer<Data> =
  { readonly ok: true; readonly data: Data } | { readonly ok: false; readonly problem: ProblemDetails };

export type AnswerFrame = (answer: FrameAnswer<unknown>) => void;

/** What every client event is acknowledged with: the answer, and the id under which the log has it. */
export type Acknowledge = (answer: FrameAnswer<unknown> & { readonly requestId: string }) => void;

/** Answers every error of a socket message in its acknowledgement, with the same body as REST. */
@Catch()
export class SocketProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Socket');

  constructor(private readonly frames: FrameObserver) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (!(error instanceof AppError) || error.kind === 'internal')
      this.#logger.error({ requestId: this.frames.requestId, err: error });
    // Nest hands over [client, data, acknowledge, event]; clients may send without asking for an answer.
    const acknowledge: unknown = host.getArgByIndex(2);
    if (typeof acknowledge === 'function')
      (acknowledge as AnswerFrame)({ ok: false, problem: toProblemDetails(error) });
  }
}
