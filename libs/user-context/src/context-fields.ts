import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import { ownRecord } from './context-records.ts';
import { Identity } from './identity.ts';
import * as identifiers from './identifiers.ts';
import type { JsonRecord } from './json-record.ts';

/** How many children deep a context may be; see `UserExecutionContext.createChild`. */
export const MAX_OPERATION_DEPTH = 10;

/** Every field of a context, validated. */
export interface ContextFields {
  readonly userId: identifiers.UserId;
  readonly threadId: identifiers.ThreadId;
  readonly runId: identifiers.RunId;
  readonly requestId: identifiers.RequestId;
  readonly websocketClientId?: identifiers.WebsocketClientId;
  readonly createdAt: identifiers.UtcInstant;
  readonly agentContext: JsonRecord;
  readonly auditMetadata: JsonRecord;
  readonly operationDepth: number;
  readonly parentRequestId?: identifiers.RequestId;
}

/** The JSON form of a context, as in logs, audit and storage. */
export type ContextJson = { readonly [Field in keyof ContextFields]: ContextFields[Field] };

/** The thread and run of a unit of work. */
export interface ContextIds {
  readonly threadId?: unknown;
  readonly runId?: unknown;
}

/** What a caller may add to a context. Absent ids and instants are generated. */
export interface ContextOptions {
  readonly requestId?: unknown;
  readonly websocketClientId?: unknown;
  /** The agents' working data. */
  readonly agentContext?: unknown;
  /** Compliance data: who, from where, with what. */
  readonly auditMetadata?: unknown;
}

/** Raw material of a context. */
export interface ContextInput extends ContextIds, ContextOptions {
  readonly createdAt?: unknown;
  readonly operationDepth?: unknown;
  readonly parentRequestId?: unknown;
}

/**
 * The one validation that every context goes through. What is absent is generated; what is present must be valid.
 * @throws InvalidContextError, ContextIsolationError
 */
export function validateFields(identity: Identity, input: ContextInput, owner: symbol): ContextFields {
  const { userId } = Identity.verify(identity);
  const { agentContext = {}, auditMetadata = {}, operationDepth = 0 } = input;
  const given = <T>(value: unknown, parse: (value: unknown) => T, generate: () => T): T =>
    value === undefined ? generate() : parse(value);
  return {
    userId,
    threadId: given(input.threadId, identifiers.parseThreadId, identifiers.newThreadId),
    runId: given(input.runId, identifiers.parseRunId, identifiers.newRunId),
    requestId: given(input.requestId, identifiers.parseRequestId, identifiers.newRequestId),
    ...(input.websocketClientId !== undefined && {
      websocketClientId: identifiers.parseWebsocketClientId(input.websocketClientId),
    }),
    createdAt: given(input.createdAt, identifiers.parseUtcInstant, identifiers.utcNow),
    agentContext: ownRecord(agentContext, 'agentContext', userId, owner),
    auditMetadata: ownRecord(auditMetadata, 'auditMetadata', userId, owner),
    operationDepth: parseDepth(operationDepth),
    ...(input.parentRequestId !== undefined && {
      parentRequestId: identifiers.parseRequestId(input.parentRequestId, 'parentRequestId'),
    }),
  };
}

const contextFieldNames: ReadonlySet<string> = new Set([
  'userId',
  'threadId',
  'runId',
  'requestId',
  'websocketClientId',
  'createdAt',
  'agentContext',
  'auditMetadata',
  'operationDepth',
  'parentRequestId',
] satisfies (keyof ContextFields)[]);

/**
 * Reads the JSON form back; every field must be there and no other.
 * @throws InvalidContextError, and ContextIsolationError when the record is of another user than `identity`
 */
export function readContextJson(identity: Identity, json: unknown): ContextInput {
  if (typeof json !== 'object' || json === null)
    throw new InvalidContextError('context', 'must be an object');
  const record = json as Record<string, unknown>;
  for (const field of Object.keys(record)) {
    if (!contextFieldNames.has(field)) throw new InvalidContextError('context', 'has an unknown field');
  }
  for (const field of contextFieldNames) {
    const optional = field === 'websocketClientId' || field === 'parentRequestId';
    if (!optional && record[field] === undefined) throw new InvalidContextError(field, 'is missing');
  }
  if (record.userId !== Identity.verify(identity).userId) {
    throw new ContextIsolationError('A stored context belongs to another user.');
  }
  const { userId: _verified, ...input } = record;
  return input;
}

function parseDepth(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > MAX_OPERATION_DEPTH) {
    throw new InvalidContextError(
      'operationDepth',
      `must be a whole number from 0 to ${MAX_OPERATION_DEPTH}`,
    );
  }
  return value as number;
}
