import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import type { ApprovalState, RunState } from '@bulkhead/execution';
import type { ThreadId } from '@bulkhead/user-context';
import { ChatGateway } from '../../realtime/chat.gateway.ts';
import { boolean, integer, object, oneOf, uuid, type JsonSchema, type Schema } from './json-schema.ts';
import { schemaOfDto } from '../../validation/dto-schema.ts';

/** The gateway's methods that answer a client. */
type Call = Exclude<keyof ChatGateway, 'handleConnection' | 'handleDisconnect' | 'afterInit'>;
type AnswerOf<Method extends Call> = Extract<
  Awaited<ReturnType<ChatGateway[Method]>>,
  { readonly ok: true }
>['data'];

interface Description<Answer> {
  readonly summary: string;
  readonly answer: Schema<Answer>;
}

const runState: Schema<RunState> = oneOf(
  ...(['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'timed_out'] as const),
);

const approvalState: Schema<ApprovalState> = oneOf(
  ...(['pending', 'approved', 'refused', 'expired', 'cancelled'] as const),
);

const calls: { readonly [Method in Call]: Description<AnswerOf<Method>> } = {
  subscribe: {
    summary:
      'Subscribes to a thread: replays what comes after the cursor, then goes live. Without a thread id, a thread is allocated; without a cursor, it is live from now on. Again: the cursor moves.',
    answer: object({
      threadId: uuid<ThreadId>(),
      oldestSeq: integer(1),
      lastSeq: integer(),
      created: boolean(),
    }),
  },
  unsubscribe: {
    summary: 'Ends a subscription.',
    answer: object({ threadId: uuid() }),
  },
  sendMessage: {
    summary: 'Sends a message to an agent. Answered once its run can no longer get lost.',
    answer: object({ threadId: uuid(), runId: uuid(), messageId: uuid(), seq: integer(1) }),
  },
  cancelRun: {
    summary: 'Asks a run to stop. Asking again, or after its end, changes nothing.',
    answer: object({ runId: uuid(), state: runState }),
  },
  decideApproval: {
    summary: 'Approves or refuses a tool call, once. Doing the same again changes nothing.',
    answer: object({ approvalId: uuid(), state: approvalState }),
  },
  acknowledge: {
    summary: 'Says that everything up to a sequence has arrived.',
    answer: object({ threadId: uuid(), ackedSeq: integer() }),
  },
};

/** An event that clients may send. */
export interface SocketCall {
  readonly event: string;
  readonly summary: string;
  readonly request: JsonSchema;
  readonly answer: JsonSchema;
}

/** What the gateway is subscribed to, as its decorators and DTOs say. Source: Nest's own metadata. */
export const socketCalls = (): SocketCall[] =>
  Object.entries(calls).map(([method, { summary, answer }]) => {
    const handler = Reflect.get(ChatGateway.prototype, method) as object;
    const [, dto] = Reflect.getMetadata('design:paramtypes', ChatGateway.prototype, method) as [
      unknown,
      Type<object>,
    ];
    const event = Reflect.getMetadata('message', handler) as string;
    return { event, summary, request: schemaOfDto(dto), answer: answer.json };
  });
