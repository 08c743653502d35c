import type { UserDatabaseSession } from '@bulkhead/persistence';
import type { JsonRecord, JsonValue, UserExecutionContext } from '@bulkhead/user-context';

/**
 * What a call may change in the world. `none`: nothing. `idempotent`: repeating it with the same idempotency key
 * changes nothing more. `once`: repeating it acts again.
 */
export type SideEffect = 'none' | 'idempotent' | 'once';

/** A JSON Schema (draft 2020-12) of an object, as models take it. */
export type ParameterSchema = JsonRecord & { readonly type: 'object' };

/**
 * A class whose fields have rules of class-validator. A rule's own message is told to the model and in events: it
 * must not repeat the value.
 */
export type ArgumentsClass = new () => object;

/** What a tool gets besides its arguments: the caller's world, and nobody else's. */
export interface ToolInvocation {
  readonly context: UserExecutionContext;
  readonly session: UserDatabaseSession;
  /** Unique within the run. */
  readonly toolCallId: string;
  /** Aborts on time limit, cancel and shutdown; a tool that waits must listen to it. */
  readonly signal: AbortSignal;
  /** The same for every attempt of this call, and for no other call. */
  readonly idempotencyKey: string;
}

/** A tool that agents can call. Register it with `ToolRegistry` in its feature module. */
export interface Tool<Arguments = JsonRecord> {
  /** Unique, snake_case. */
  readonly name: string;
  /** For the model: what it does and when to use it. */
  readonly description: string;
  /** The permission a user needs, e.g. `tools:notes`. */
  readonly permission: string;
  readonly sideEffect: SideEffect;
  /** It consists of other calls, which count for themselves: it takes no place among those at the same time. */
  readonly isContainer?: true;
  /** `required`: the owner of the run is asked about every call, with its exact arguments. */
  readonly approval?: 'required';
  /**
   * Whether its answers, messages of its errors included, may hold what is not public. Absent: they may. Once such a tool
   * was executed in a thread, `web_fetch` asks the user about addresses that are not the user's own.
   */
  readonly readsPrivateData?: boolean;
  /**
   * For a tool without `approval` of which some calls need one: whether this call, with arguments that may not be valid,
   * does now. Asked before the call is made, and again when it is executed.
   */
  needsApproval?(args: unknown, session: UserDatabaseSession): Promise<boolean>;
  /** With a class, `execute` gets an instance of it. */
  readonly parameters: ParameterSchema | ArgumentsClass;
  /** Checks the arguments in place of `parameters`, for a tool whose models are told more than is checked here. */
  readonly checkedParameters?: ParameterSchema;
  /** Longest execution in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** @throws any error; the agent is told that the call failed, with the message of an `AppError` only */
  execute(args: Arguments, invocation: ToolInvocation): Promise<JsonValue>;
}
