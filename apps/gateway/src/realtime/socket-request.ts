import { randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ProblemDetails } from '@bulkhead/errors';
import type { UserExecutionContext } from '@bulkhead/user-context';

/** What became of a client's event. */
export type AckResponse<Data> =
  { readonly ok: true; readonly data: Data } | { readonly ok: false; readonly problem: ProblemDetails };

/** What every client event is acknowledged with: the answer, and the id under which the log has it. */
export type Acknowledge = (answer: AckResponse<unknown> & { readonly requestId: string }) => void;

/**
 * One client event that is being answered. It goes through Nest in the place of Socket.IO's acknowledgement, so that
 * handlers and filters have it in hand.
 */
export class SocketRequest {
  readonly requestId: string = randomUUID();
  #ids: { readonly threadId: string; readonly runId: string } | undefined;
  #onAnswer: ((answer: AckResponse<unknown>) => void) | undefined;

  /** @param acknowledge absent when the client asks for no answer */
  constructor(private readonly acknowledge: Acknowledge | undefined) {}

  /** Of the context in which it is answered. */
  get ids(): { readonly threadId: string; readonly runId: string } | undefined {
    return this.#ids;
  }

  /** Tells in which context it is answered; keeps its ids only. @returns the context */
  within(context: UserExecutionContext): UserExecutionContext {
    this.#ids = { threadId: context.threadId, runId: context.runId };
    return context;
  }

  /** Has a function told how it was answered, before the client is. */
  onAnswer(listener: (answer: AckResponse<unknown>) => void): void {
    this.#onAnswer = listener;
  }

  answer(answer: AckResponse<unknown>): void {
    this.#onAnswer?.(answer);
    this.acknowledge?.({ requestId: this.requestId, ...answer });
  }
}

/** The frame that a handler answers. */
export const CurrentFrame = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.getArgByIndex<SocketRequest>(2),
);
