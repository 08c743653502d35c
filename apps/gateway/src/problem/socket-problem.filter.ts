import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { AppError, toProblemDetails, type ProblemDetails } from '@bulkhead/errors';

/** What every client event is acknowledged with. */
export type Acknowledgement<Data> =
  { readonly ok: true; readonly data: Data } | { readonly ok: false; readonly problem: ProblemDetails };

export type Acknowledge = (answer: Acknowledgement<unknown>) => void;

/** Answers every error of a socket message in its acknowledgement, with the same body as REST. */
@Catch()
export class SocketProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Socket');

  catch(error: unknown, host: ArgumentsHost): void {
    if (!(error instanceof AppError) || error.kind === 'internal') this.#logger.error({ err: error });
    // Nest hands over [client, data, acknowledge, event]; clients may send without asking for an answer.
    const acknowledge: unknown = host.getArgByIndex(2);
    if (typeof acknowledge === 'function')
      (acknowledge as Acknowledge)({ ok: false, problem: toProblemDetails(error) });
  }
}
