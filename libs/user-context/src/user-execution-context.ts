import { isDeepStrictEqual } from 'node:util';
import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import {
  MAX_OPERATION_DEPTH,
  readContextJson,
  validateFields,
  type ContextFields,
  type ContextIds,
  type ContextInput,
  type ContextJson,
  type ContextOptions,
} from './context-fields.ts';
import {
  auditOfHttpRequest,
  auditOfSocket,
  type AuthenticatedHttpRequest,
  type AuthenticatedSocket,
  type SocketMessage,
  type StoredRun,
} from './context-sources.ts';
import type { DatabaseSession } from './database-session.ts';
import type { Identity } from './identity.ts';
import type { RequestId, RunId, ThreadId, UserId, UtcInstant, WebsocketClientId } from './identifiers.ts';
import { cloneRecord, type JsonRecord } from './json-record.ts';
import { verifyOwnership } from './ownership-registry.ts';

const creationKey = Symbol('UserExecutionContext');
const isolationFailure = {
  foreignSession: "A database session is not the context's own.",
  secondSession: 'A context got a second database session.',
  notAContext: 'A value is not a UserExecutionContext made by a factory.',
} as const;

/** Who did what, from where: the compliance view of a context, without the agents' working data. */
export type AuditTrail = Omit<ContextJson, 'agentContext'>;

/**
 * Everything one unit of work may know about its user: immutable, validated, and made only by the factories
 * below. Every layer takes it instead of a user id, so nobody can act for a user by naming one.
 */
export class UserExecutionContext implements ContextFields {
  readonly #identity: Identity;
  readonly #owner: symbol;
  readonly #unitOfWorkId: symbol;
  #databaseSession: DatabaseSession | undefined;

  declare readonly userId: UserId;
  declare readonly threadId: ThreadId;
  declare readonly runId: RunId;
  declare readonly requestId: RequestId;
  declare readonly websocketClientId?: WebsocketClientId;
  declare readonly createdAt: UtcInstant;
  declare readonly agentContext: JsonRecord;
  declare readonly auditMetadata: JsonRecord;
  declare readonly operationDepth: number;
  declare readonly parentRequestId?: RequestId;

  private constructor(
    key: symbol,
    identity: Identity,
    fields: ContextFields,
    origin: { readonly owner: symbol; readonly unitOfWorkId: symbol },
  ) {
    if (key !== creationKey || new.target !== UserExecutionContext) {
      throw new ContextIsolationError('A context was constructed outside its factories.');
    }
    this.#identity = identity;
    this.#owner = origin.owner;
    this.#unitOfWorkId = origin.unitOfWorkId;
    Object.assign(this, fields);
    Object.freeze(this);
  }

  /** The one creation path: every factory ends here. */
  static #create(
    identity: Identity,
    input: ContextInput,
    unitOfWorkId = Symbol('unitOfWorkId'),
  ): UserExecutionContext {
    const owner = Symbol('context');
    const fields = validateFields(identity, input, owner);
    return new UserExecutionContext(creationKey, identity, fields, { owner, unitOfWorkId });
  }

  /** For a unit of work on a thread, and optionally a run, whose ownership the caller verifies with this context. */
  static fromRequest(
    identity: Identity,
    ids: ContextIds,
    options: ContextOptions = {},
  ): UserExecutionContext {
    // Named one by one: a caller's object may carry more, and nobody chooses a depth or a parent.
    const { requestId, websocketClientId, agentContext, auditMetadata } = options;
    return UserExecutionContext.#create(identity, {
      threadId: ids.threadId,
      runId: ids.runId,
      requestId,
      websocketClientId,
      agentContext,
      auditMetadata,
    });
  }

  /** For an HTTP request; its address, method, path and a few headers become audit metadata. */
  static fromHttpRequest(request: AuthenticatedHttpRequest, ids: ContextIds = {}): UserExecutionContext {
    return UserExecutionContext.fromRequest(request.identity, ids, {
      ...(request.id !== undefined && { requestId: request.id }),
      auditMetadata: auditOfHttpRequest(request),
    });
  }

  /** For one message on a connection: each message has a context, and a request id, of its own. */
  static fromSocket(socket: AuthenticatedSocket, message: SocketMessage): UserExecutionContext {
    return UserExecutionContext.fromRequest(socket.data.identity, message, {
      ...(message.requestId !== undefined && { requestId: message.requestId }),
      // Socket.IO ids are random, so one may begin with what an identifier must not.
      websocketClientId: `sio-${socket.id}`,
      auditMetadata: auditOfSocket(socket, message.event),
    });
  }

  /** For a worker: the context that accepted the run, under an identity that is valid now. */
  static fromRun(run: StoredRun): UserExecutionContext {
    return UserExecutionContext.fromJSON(run.context, run.identity);
  }

  /** For work of a user that has no thread yet: thread and run ids are new. */
  static createForUser(identity: Identity, options: ContextOptions = {}): UserExecutionContext {
    return UserExecutionContext.fromRequest(identity, {}, options);
  }

  /**
   * Reads back what `toJSON` wrote; the result equals the original.
   * @throws InvalidContextError, and ContextIsolationError when the record is not of `identity`'s user
   */
  static fromJSON(json: unknown, identity: Identity): UserExecutionContext {
    return UserExecutionContext.#create(identity, readContextJson(identity, json));
  }

  /** @throws ContextIsolationError unless the value was made by one of the factories */
  static verify(value: unknown): UserExecutionContext {
    if (typeof value === 'object' && value !== null && #identity in value) return value;
    throw new ContextIsolationError(isolationFailure.notAContext);
  }

  /** The verified user behind this context. Never part of its JSON. */
  get identity(): Identity {
    return this.#identity;
  }

  /**
   * The same of a context and all its children, and of no other: a key for what is known about their unit of work. Never
   * part of its JSON.
   */
  get unitOfWorkId(): symbol {
    return this.#unitOfWorkId;
  }

  /** The database session bound to this context, if its scope opened one. Never part of its JSON. */
  get databaseSession(): DatabaseSession | undefined {
    return this.#databaseSession;
  }

  /** @throws ContextIsolationError when the session is another context's, or this context has one already */
  bindDatabaseSession(session: DatabaseSession): void {
    if (session.context !== this) throw new ContextIsolationError(isolationFailure.foreignSession);
    if (this.#databaseSession) throw new ContextIsolationError(isolationFailure.secondSession);
    this.#databaseSession = session;
  }

  /**
   * A context for a part of this work: same user, thread and run, a request id of its own, one level deeper.
   * It starts with copies of this context's records, overlaid with those given.
   * @throws InvalidContextError when deeper than `MAX_OPERATION_DEPTH`
   */
  createChild(
    operationName: string,
    records: Pick<ContextOptions, 'agentContext' | 'auditMetadata'> = {},
  ): UserExecutionContext {
    if (this.operationDepth >= MAX_OPERATION_DEPTH) {
      throw new InvalidContextError('operationDepth', `must not go beyond ${MAX_OPERATION_DEPTH}`);
    }
    const input = {
      threadId: this.threadId,
      runId: this.runId,
      websocketClientId: this.websocketClientId,
      agentContext: overlay(this.agentContext, records.agentContext, 'agentContext'),
      auditMetadata: {
        ...overlay(this.auditMetadata, records.auditMetadata, 'auditMetadata'),
        operation: operationName,
      },
      operationDepth: this.operationDepth + 1,
      parentRequestId: this.requestId,
    };
    return UserExecutionContext.#create(this.#identity, input, this.#unitOfWorkId);
  }

  /**
   * Proves that nothing reachable from this context can change or belongs to another one.
   * @throws ContextIsolationError
   */
  verifyIsolation(): void {
    verifyOwnership(this.agentContext, this.#owner);
    verifyOwnership(this.auditMetadata, this.#owner);
    if (this.#databaseSession && this.#databaseSession.context !== this) {
      throw new ContextIsolationError(isolationFailure.foreignSession);
    }
  }

  getAuditTrail(): AuditTrail {
    const { agentContext: _workingData, ...trail } = this.toJSON();
    return Object.freeze(trail);
  }

  /** The one JSON form: logs, audit and storage all use it. Neither identity nor database session is in it. */
  toJSON(): ContextJson {
    return { ...this };
  }

  equals(other: UserExecutionContext): boolean {
    return isDeepStrictEqual(this.toJSON(), other.toJSON());
  }
}

/** Checked before it is spread: spreading would run accessors and make an empty record of a Map. */
function overlay(parent: JsonRecord, child: unknown, field: string): JsonRecord {
  return child === undefined ? parent : { ...parent, ...cloneRecord(child, field) };
}
