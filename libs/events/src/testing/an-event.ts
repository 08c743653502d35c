import type { UserExecutionContext } from '@bulkhead/user-context';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';

/** A piece of text of the context's run, as the log has it at this sequence. */
export const anEventAt = (
  { threadId, runId, requestId }: UserExecutionContext,
  seq: number,
): ThreadEvent => ({
  eventId: `${seq}`,
  seq,
  threadId,
  runId,
  requestId,
  agentName: 'assistant',
  operationDepth: 0,
  at: '2026-01-31T12:00:00.000Z',
  type: 'message_delta',
  data: { step: 1, text: `${seq}` },
});
