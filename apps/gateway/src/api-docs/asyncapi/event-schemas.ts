import type { ProblemDetails } from '@bulkhead/errors';
import type { ControlEvents, EventData, EventOf, EventType } from '@bulkhead/events';
import {
  anything,
  instant,
  integer,
  named,
  object,
  oneOf,
  string,
  uuid,
  type JsonSchema,
  type Schema,
} from './json-schema.ts';

const problem = named<ProblemDetails>('Problem');

/** What each event of a thread says, field by field. */
export const eventData: { readonly [Type in EventType]: Schema<EventData[Type]> } = {
  run_queued: object({ messageId: uuid(), content: string() }),
  agent_started: object({ model: string() }, { toolCallId: string() }),
  agent_thinking: object({ step: integer(1), attempt: integer(1) }),
  message_delta: object({ step: integer(1), text: string() }),
  tool_executing: object(
    { toolCallId: string(), toolName: string(), arguments: anything() },
    { argumentsRef: uuid() },
  ),
  tool_completed: object(
    {
      toolCallId: string(),
      toolName: string(),
      outcome: oneOf('succeeded', 'failed', 'refused', 'cancelled', 'timed_out', 'unknown'),
      durationMs: integer(),
    },
    { result: anything(), resultRef: uuid(), problem },
  ),
  approval_requested: object(
    {
      approvalId: uuid(),
      toolCallId: string(),
      toolName: string(),
      arguments: anything(),
      argumentsHash: string(),
      expiresAt: instant(),
    },
    { argumentsRef: uuid() },
  ),
  approval_resolved: object(
    {
      approvalId: uuid(),
      toolCallId: string(),
      decision: oneOf('approved', 'refused', 'expired', 'cancelled'),
    },
    { reason: string() },
  ),
  agent_completed: object(
    {
      messageId: uuid(),
      text: string(),
      steps: integer(),
      toolCalls: integer(),
      usage: object({ inputTokens: integer(), outputTokens: integer() }),
    },
    { finishReason: oneOf('stop', 'length', 'content_filter', 'malformed', 'other') },
  ),
  agent_failed: object({ state: oneOf('failed', 'timed_out'), problem }),
  agent_cancelled: object({ reason: oneOf('requested') }),
};

/** What the server sends besides. */
export const controlEvents: { readonly [Type in keyof ControlEvents]: Schema<ControlEvents[Type]> } = {
  resync_required: object({
    threadId: uuid(),
    reason: oneOf('unknown_cursor', 'future_cursor', 'pruned_cursor'),
    oldestSeq: integer(1),
    latestSeq: integer(),
  }),
  connection_closing: object({
    reason: oneOf(
      ...(['slow_consumer', 'token_expired', 'revoked', 'role_changed'] as const),
      ...(['unauthenticated', 'too_many_connections', 'server_shutdown'] as const),
    ),
  }),
};

/** What every event of a thread carries besides its data. */
const envelope: Schema<Omit<EventOf<EventType>, 'type' | 'data'>> = object(
  {
    eventId: uuid(),
    seq: integer(1),
    threadId: uuid(),
    runId: uuid(),
    requestId: uuid(),
    agentName: string(),
    operationDepth: integer(),
    at: instant(),
  },
  { parentRequestId: uuid() },
);

/** Why something was refused. Has more fields with some codes. Source: RFC 9457. */
export const problemSchema: JsonSchema = {
  type: 'object',
  properties: {
    type: string().json,
    title: string().json,
    status: integer(400).json,
    code: string({ description: 'Stable; switch on this.' }).json,
    detail: string().json,
    field: string({ description: 'Path of the offending input.' }).json,
    retryAfterSeconds: integer(0).json,
    resetsAt: string({ description: 'When the limit begins anew.' }).json,
    requestId: uuid().json,
  } satisfies { readonly [Field in keyof ProblemDetails | 'requestId']?: JsonSchema },
  required: ['type', 'title', 'status', 'code', 'detail'] satisfies (keyof ProblemDetails)[],
};

/** A whole event, as it is sent. */
export function eventSchema(type: EventType): JsonSchema {
  const { properties, required } = envelope.json as { properties: JsonSchema; required: string[] };
  return {
    ...envelope.json,
    properties: { ...properties, type: { const: type }, data: eventData[type].json },
    required: [...required, 'type', 'data'],
  };
}
