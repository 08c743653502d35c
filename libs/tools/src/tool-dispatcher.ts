import { Injectable, Scope } from '@nestjs/common';
import { toProblemDetails, type ProblemDetails } from '@bulkhead/errors';
import { UserEventEmitter, type ToolOutcome } from '@bulkhead/events';
import { UserDatabaseSession } from '@bulkhead/persistence';
import {
  ContextIsolationError,
  UserContextScope,
  UserExecutionContext,
  type JsonValue,
} from '@bulkhead/user-context';
import { AuthorizedToolCall, type ToolCall, type ToolCaller } from './authorized-tool-call.ts';
import { redact } from './redaction.ts';
import type { ToolInvocation } from './tool.contract.ts';
import { ToolRegistry } from './tool-registry.service.ts';
import {
  InvalidToolArgumentsError,
  ToolNotPermittedError,
  ToolResultTooLargeError,
  ToolTimeoutError,
} from './tools.errors.ts';

/** Largest result of a tool, in bytes of its JSON. */
export const MAX_RESULT_BYTES = 65_536;
const DEFAULT_TIMEOUT_MS = 30_000;

/** How a call ended: a result, or the problem that the agent is told. */
export interface ToolReport {
  readonly outcome: ToolOutcome;
  readonly result?: JsonValue;
  readonly problem?: ProblemDetails;
}

/** Runs the tool calls of one context. Everything it emits and touches belongs to that context's user. */
@Injectable({ scope: Scope.REQUEST })
export class ToolDispatcher {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly scope: UserContextScope,
    private readonly session: UserDatabaseSession,
    private readonly emitter: UserEventEmitter,
    private readonly registry: ToolRegistry,
  ) {}

  /**
   * Checks, announces, executes and reports one call. Events come in pairs: whatever happens after
   * `tool_executing`, one `tool_completed` follows. A failing tool is a report, not an exception.
   * @throws ContextIsolationError after the scope has closed, and errors of storing the events
   */
  async execute(caller: ToolCaller, call: ToolCall, signal: AbortSignal): Promise<ToolReport> {
    this.scope.assertOpen();
    const { toolCallId, toolName } = call;
    const emit = (key: string, event: Parameters<UserEventEmitter['emit']>[0]['events'][number]) =>
      this.emitter.emit({ agentName: caller.agentName, key: `tool:${toolCallId}:${key}`, events: [event] });
    await emit('executing', {
      type: 'tool_executing',
      data: { toolCallId, toolName, arguments: redact(call.arguments) },
    });
    const startedAt = performance.now();
    const report = await this.#report(caller, call, signal);
    const durationMs = Math.round(performance.now() - startedAt);
    const { outcome, result, problem } = report;
    await emit('completed', {
      type: 'tool_completed',
      data: {
        toolCallId,
        toolName,
        outcome,
        ...(result !== undefined && { result: redact(result) }),
        ...(problem && { problem }),
        durationMs,
      },
    });
    return report;
  }

  async #report(caller: ToolCaller, call: ToolCall, signal: AbortSignal): Promise<ToolReport> {
    try {
      const authorized = AuthorizedToolCall.authorize(this.context, this.registry, caller, call);
      const idempotencyKey = `${this.context.runId}:${call.toolCallId}`;
      const result = await this.#run(authorized, idempotencyKey, signal);
      return { outcome: 'succeeded', result };
    } catch (error) {
      return { outcome: outcomeOf(error, signal), problem: toProblemDetails(error) };
    }
  }

  async #run(call: AuthorizedToolCall, idempotencyKey: string, signal: AbortSignal): Promise<JsonValue> {
    if (!AuthorizedToolCall.isAuthorized(call))
      throw new ContextIsolationError('A tool call was not authorized.');
    const { tool, args } = call;
    const timeoutMs = tool.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new ToolTimeoutError(timeoutMs)), timeoutMs);
    const invocation: ToolInvocation = {
      context: this.context,
      session: this.session,
      signal: AbortSignal.any([signal, limit.signal]),
      idempotencyKey,
    };
    try {
      return bounded(await untilAborted(tool.execute(args, invocation), invocation.signal));
    } finally {
      clearTimeout(timer);
    }
  }
}

function outcomeOf(error: unknown, signal: AbortSignal): ToolOutcome {
  if (signal.aborted) return 'cancelled';
  if (error instanceof ToolTimeoutError) return 'timed_out';
  return error instanceof ToolNotPermittedError || error instanceof InvalidToolArgumentsError
    ? 'refused'
    : 'failed';
}

function bounded(result: JsonValue): JsonValue {
  const size = Buffer.byteLength(JSON.stringify(result));
  if (size > MAX_RESULT_BYTES) throw new ToolResultTooLargeError(MAX_RESULT_BYTES, size);
  return result;
}

/** A tool that does not listen to its signal can't hold the run. */
function untilAborted<R>(work: Promise<R>, signal: AbortSignal): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
