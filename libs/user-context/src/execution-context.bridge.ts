import { InvalidContextError } from './context.errors.ts';
import type { Identity } from './identity.ts';
import { cloneRecord } from './json-record.ts';
import { UserExecutionContext } from './user-execution-context.ts';

/** The record that callers of an earlier generation exchange: snake_case, with one bag for all metadata. */
export interface LegacyExecutionContext {
  readonly user_id: string;
  readonly thread_id: string;
  readonly run_id: string;
  readonly request_id?: string;
  readonly websocket_connection_id?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Keys of the old bag that were compliance data; all others were the agents' working data. */
const auditKeys: ReadonlySet<string> = new Set([
  'clientIp',
  'client_ip',
  'userAgent',
  'user_agent',
  'method',
  'path',
  'contentType',
  'content_type',
  'clientRequestId',
  'client_request_id',
  'correlationId',
  'correlation_id',
  'traceparent',
  'operation',
]);

/** The older record for a context. Where both records have a key, the audit value wins. */
export function toExecutionContext(context: UserExecutionContext): LegacyExecutionContext {
  return {
    user_id: context.userId,
    thread_id: context.threadId,
    run_id: context.runId,
    request_id: context.requestId,
    ...(context.websocketClientId !== undefined && { websocket_connection_id: context.websocketClientId }),
    metadata: { ...context.agentContext, ...context.auditMetadata },
  };
}

/**
 * A context from the older record, through the same factory and validation as any other.
 * @throws InvalidContextError, and InvalidContextError on `user_id` when the record is not of `identity`'s user
 */
export function fromExecutionContext(
  identity: Identity,
  record: LegacyExecutionContext,
): UserExecutionContext {
  if (record.user_id !== identity.userId) throw new InvalidContextError('user_id', 'must be your own');
  const entries = Object.entries(cloneRecord(record.metadata, 'metadata'));
  return UserExecutionContext.fromRequest(
    identity,
    { threadId: record.thread_id, runId: record.run_id },
    {
      ...(record.request_id !== undefined && { requestId: record.request_id }),
      ...(record.websocket_connection_id !== undefined && {
        websocketClientId: record.websocket_connection_id,
      }),
      agentContext: Object.fromEntries(entries.filter(([key]) => !auditKeys.has(key))),
      auditMetadata: Object.fromEntries(entries.filter(([key]) => auditKeys.has(key))),
    },
  );
}
