import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Authenticator } from '@bulkhead/auth';
import { toProblemDetails } from '@bulkhead/errors';
import { ThreadReader } from '@bulkhead/events';
import { UserExecutionContext } from '@bulkhead/user-context';
import { requirePermission } from '../security/authentication.guard.ts';
import { ConnectionLimiter } from '../streaming/connection-limiter.service.ts';
import { AlreadyConnectedError } from '../streaming/streaming.errors.ts';
import { AccessDenialRecorder } from '../security/access-denial-recorder.service.ts';
import { RequestValidationPipe } from '../validation/request-validation.pipe.ts';
import { ThreadSubscribeDto } from './socket.dto.ts';
import { RefusalTally } from './refusal-tally.ts';
import type { UserSocket } from '../streaming/user-socket.ts';

/** Lets a connection in, or not: before this has passed, no event of it is handled. */
@Injectable()
export class SocketAuthMiddleware {
  readonly #tally = new RefusalTally(new Logger('SocketAuthMiddleware'));
  readonly #validation = new RequestValidationPipe();
  readonly #admitted = new WeakSet<UserSocket['conn']>();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly reader: ThreadReader,
    private readonly slots: ConnectionLimiter,
    private readonly refusals: AccessDenialRecorder,
  ) {}

  /** Socket.IO middleware. A refusal reaches the client as `connect_error` with problem details in `data`. */
  readonly middleware = (socket: UserSocket, next: (error?: Error) => void): void => {
    this.#admit(socket).then(
      () => next(),
      (error: unknown) => {
        const { address } = socket.handshake;
        const problem = toProblemDetails(this.refusals.ofSocket(error, address, 'connect'));
        const requestId = randomUUID();
        this.#tally.note(problem.code, requestId);
        next(Object.assign(new Error(problem.detail), { data: { ...problem, requestId } }));
      },
    );
  };

  /** A connection was closed because it sent too much. */
  noteFlood(): void {
    this.#tally.note('sent_too_much');
  }

  async #admit(socket: UserSocket): Promise<void> {
    const { token, ...opening } = socket.handshake.auth as Record<string, unknown>;
    const { conn } = socket;
    // Not even one that is still being verified: two users on one connection would share its fate.
    if (this.#admitted.has(conn)) throw new AlreadyConnectedError();
    this.#admitted.add(conn);
    try {
      await this.#verify(socket, token, opening);
    } catch (error) {
      // It may try again with better words, until its time to connect is over.
      this.#admitted.delete(conn);
      throw error;
    }
  }

  async #verify(socket: UserSocket, token: unknown, opening: Record<string, unknown>): Promise<void> {
    socket.data.identity = await this.authenticator.authenticate(token, socket.handshake.address);
    requirePermission(socket.data.identity, 'threads:own');
    if (opening.threadId !== undefined) await this.#verifyThread(socket, opening);
    const release = this.slots.take(socket.data.identity);
    socket.conn.once('close', release);
    // It may have gone while it was being verified.
    if (socket.conn.readyState !== 'open') release();
    keepLittle(socket);
  }

  async #verifyThread(socket: UserSocket, opening: Record<string, unknown>): Promise<void> {
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

/** What the audit trail records of a connection; see libs/user-context. */
const recordedHeaders = ['user-agent', 'x-request-id', 'x-correlation-id', 'traceparent'];

/** Lets go of the request that opened the connection, its token above all: thousands of idle ones wait in memory. */
function keepLittle({ handshake }: UserSocket): void {
  const headers = Object.fromEntries(
    recordedHeaders.flatMap((name) =>
      handshake.headers[name] === undefined ? [] : [[name, handshake.headers[name]]],
    ),
  );
  Object.assign(handshake, { headers, auth: {}, query: {} });
}
