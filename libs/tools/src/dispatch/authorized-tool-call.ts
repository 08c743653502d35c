import { ContextIsolationError, UserExecutionContext, type JsonRecord } from '@bulkhead/user-context';
import { ApprovalMissingError, InvalidToolArgumentsError, ToolNotPermittedError } from '../tools.errors.ts';
import { requireApproval, type ToolApproval } from './tool-approval.ts';
import type { Tool } from '../registry/tool.contract.ts';
import type { ToolRegistry } from '../registry/tool-registry.service.ts';

const creationKey = Symbol('AuthorizedToolCall');

/** What a model asked for. */
export interface ToolCall {
  /** Unique within the run. */
  readonly toolCallId: string;
  readonly toolName: string;
  /** As the model wrote them; not yet valid. */
  readonly arguments: unknown;
  /** Of a tool that needs one. */
  readonly approval?: ToolApproval;
}

/** The agent in whose name a call is made, with the tools it was given. */
export interface ToolCaller {
  readonly agentName: string;
  readonly permittedTools: readonly string[];
}

/**
 * A call that passed the check. Only `authorize` makes one, and only one of these can be executed: a permission
 * that nobody checked can't be used.
 */
export class AuthorizedToolCall {
  readonly #authorized = true;

  private constructor(
    key: symbol,
    readonly tool: Tool,
    readonly args: JsonRecord,
    /** Whose permission it was. */
    readonly userId: string,
  ) {
    if (key !== creationKey || new.target !== AuthorizedToolCall) {
      throw new ContextIsolationError('A tool call was made without the check.');
    }
    Object.freeze(this);
  }

  /**
   * Default deny: the agent must list the tool, and the user must hold its permission.
   * @param needsApproval the tool's own answer about this call; without it, a tool that has an answer needs approval
   * @throws ToolNotPermittedError, InvalidToolArgumentsError, ApprovalMissingError, ApprovalRefusedError
   */
  static authorize(
    context: UserExecutionContext,
    registry: ToolRegistry,
    caller: ToolCaller,
    call: ToolCall,
    needsApproval = true,
  ): AuthorizedToolCall {
    const { identity } = UserExecutionContext.verify(context);
    const tool = registry.find(call.toolName);
    const isPermitted =
      tool && caller.permittedTools.includes(tool.name) && identity.hasPermission(tool.permission);
    if (!isPermitted) throw new ToolNotPermittedError();
    if (!isRecord(call.arguments)) throw new InvalidToolArgumentsError('arguments', 'must be a JSON object');
    const args = registry.validate(tool.name, call.arguments);
    const mustAsk = tool.approval === 'required' || (tool.needsApproval !== undefined && needsApproval);
    // A call that its owner has refused is not made either, whether or not that had to be asked.
    if (mustAsk || call.approval) requireApproval(call.arguments, call.approval);
    return new AuthorizedToolCall(creationKey, tool, args, context.userId);
  }

  /**
   * The arguments of a call that lacks nothing but its owner's approval, or may lack it; undefined for any other call,
   * which goes its way without anybody being asked.
   */
  static approvable(
    context: UserExecutionContext,
    registry: ToolRegistry,
    caller: ToolCaller,
    call: ToolCall,
  ): JsonRecord | undefined {
    try {
      AuthorizedToolCall.authorize(context, registry, caller, call);
    } catch (error) {
      if (error instanceof ApprovalMissingError && isRecord(call.arguments)) return call.arguments;
    }
    return undefined;
  }

  /** @throws ContextIsolationError when the value did not come from `authorize` */
  static verify(value: unknown): AuthorizedToolCall {
    if (typeof value === 'object' && value !== null && #authorized in value && value.#authorized) {
      return value;
    }
    throw new ContextIsolationError('A tool call did not pass the check.');
  }
}

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
