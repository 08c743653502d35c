import { Injectable } from '@nestjs/common';
import { Authenticator } from '@bulkhead/auth';
import { toProblemDetails } from '@bulkhead/errors';
import { ThreadReader } from '@bulkhead/events';
import { UserExecutionContext } from '@bulkhead/user-context';
import { RequestValidationPipe } from '../validation/request-validation.pipe.ts';
import { ThreadSubscribeDto } from './socket.dto.ts';
import type { UserSocket } from './user-socket.ts';

/** Lets a connection in, or not: before this has passed, no event of it is handled. */
@Injectable()
export class Handshake {
  readonly #validation = new RequestValidationPipe();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly reader: ThreadReader,
  ) {}

  /** Socket.IO middleware. A refusal reaches the client as `connect_error` with problem details in `data`. */
  readonly middleware = (socket: UserSocket, next: (error?: Error) => void): void => {
    this.#admit(socket).then(
      () => next(),
      (error: unknown) => {
        const problem = toProblemDetails(error);
        next(Object.assign(new Error(problem.detail), { data: problem }));
      },
    );
  };

  async #admit(socket: UserSocket): Promise<void> {
    const { token, ...opening } = socket.handshake.auth as Record<string, unknown>;
    socket.data.identity = await this.authenticator.authenticate(token);
    if (opening.threadId === undefined) return;
    const dto = (await this.#validation.transform(opening, {
      type: 'body',
      metatype: ThreadSubscribeDto,
    })) as ThreadSubscribeDto;
    const { threadId = '', afterSeq } = dto;
    const context = UserExecutionContext.fromSocket(socket, { event: 'connect', threadId });
    const cursor = afterSeq === undefined ? undefined : { field: 'afterSeq', afterSeq };
    const { latestSeq } = await this.reader.verify(context, threadId, cursor);
    socket.data.opening = { threadId, afterSeq: afterSeq ?? latestSeq };
  }
}
