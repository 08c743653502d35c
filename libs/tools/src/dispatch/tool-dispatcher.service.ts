import { Injectable, Logger, Scope } from '@nestjs/common';
import { AuditLog, redact, redactText } from '@bulkhead/audit';
import { toProblemDetails, type ProblemDetails } from '@bulkhead/errors';
import { UserEventEmitter, type ToolOutcome } from '@bulkhead/events';
import { UserDatabaseSession } from '@bulkhead/persistence';
import {
  assertOwnedBy,
  ContextIsolationError,
  UserContextScope,
  type JsonValue,
} from '@bulkhead/user-context';
import { AuthorizedToolCall, type ToolCall, type ToolCaller } from './authorized-tool-call.ts';
import type { ToolInvocation } from '../registry/tool.contract.ts';
import { ToolLimits } from './tool-limits.service.ts';
import { ToolRegistry } from '../registry/tool-registry.service.ts';
import {
  ToolBusyError,
  ToolOutcomeUnknownError,
  ToolRateError,
  ToolResultTooLargeError,
  ToolTimeoutError,
} from '../tools.errors.ts';

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
  readonly #logger = new Logger(ToolDispatcher.name);
  /** What was executed here: when only storing the report failed, the call is not executed for that again. */
  readonly #reports = new Map<string, ToolReport>();

  constructor(
    private readonly scope: UserContextScope,
    private readonly session: UserDatabaseSession,
    private readonly emitter: UserEventEmitter,
    private readonly registry: ToolRegistry,
    private readonly limits: ToolLimits,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Checks, announces, executes and reports one call. Events come in pairs: whatever happens after
   * `tool_executing`, one `tool_completed` follows. A failing tool is a report, not an exception. The announcement is
   * the record of the intent: after a crash, a tool that acts once is not executed again but reported as `unknown`.
   * @throws ContextIsolationError after the scope has closed and from within the tool, and errors of storing the events
   */
  async execute(caller: ToolCaller, call: ToolCall, signal: AbortSignal): Promise<ToolReport> {
    this.scope.assertOpen();
    const { toolCallId, toolName } = call;
    const { agentName } = caller;
    const emit = (
      key: string,
      event: Parameters<UserEventEmitter['emit']>[0]['events'][number],
      action: 'tool.called' | 'tool.completed',
      details = {},
    ) =>
      this.emitter.emit(
        { agentName, key: `tool:${toolCallId}:${key}`, events: [event] },
        this.audit.statement(this.session.context, action, { agentName, toolCallId, toolName, ...details }),
      );
    const known = this.#reports.get(toolCallId);
    const authorized = known ?? (await this.#authorize(caller, call));
    // In one round trip.
    const [announced, refusal] = await Promise.all([
      emit(
        'executing',
        { type: 'tool_executing', data: { toolCallId, toolName, arguments: redact(call.arguments) } },
        'tool.called',
      ),
      authorized instanceof AuthorizedToolCall ? this.#count(authorized) : undefined,
    ]);
    const startedAt = performance.now();
    const report =
      refusal ??
      (authorized instanceof AuthorizedToolCall
        ? await this.#report(authorized, call, signal, announced.length === 0)
        : authorized);
    // What the end of this node made of the call is not its outcome: the run continues elsewhere.
    if (report.outcome !== 'succeeded' && this.scope.signal.aborted) throw this.scope.signal.reason as Error;
    this.#reports.set(toolCallId, report);
    const durationMs = Math.round(performance.now() - startedAt);
    const { outcome, result, problem } = report;
    const completed = {
      toolCallId,
      toolName,
      outcome,
      ...(result !== undefined && { result: redact(result) }),
      ...(problem && { problem: { ...problem, detail: redactText(problem.detail) } }),
      durationMs,
    };
    await emit('completed', { type: 'tool_completed', data: completed }, 'tool.completed', {
      outcome,
      durationMs,
    });
    return report;
  }

  /** Whether the run's owner must be asked about the call, as things stand. */
  async needsApproval({ toolName, arguments: args }: ToolCall): Promise<boolean> {
    const tool = this.registry.find(toolName);
    if (tool?.approval === 'required') return true;
    return (await tool?.needsApproval?.(args, this.session)) ?? false;
  }

  async #authorize(caller: ToolCaller, call: ToolCall): Promise<AuthorizedToolCall | ToolReport> {
    const needsApproval = await this.needsApproval(call);
    try {
      return AuthorizedToolCall.authorize(this.session.context, this.registry, caller, call, needsApproval);
    } catch (error) {
      return { outcome: 'refused', problem: toProblemDetails(error) };
    }
  }

  /** @returns the refusal when it is one call too many */
  async #count(authorized: AuthorizedToolCall): Promise<ToolReport | undefined> {
    if (AuthorizedToolCall.verify(authorized).tool.isContainer) return undefined;
    try {
      await this.limits.count(this.session);
      return undefined;
    } catch (error) {
      if (error instanceof ToolRateError) return { outcome: 'refused', problem: toProblemDetails(error) };
      throw error;
    }
  }

  /** @param isRepeated whether an attempt before a crash was announced, and may have acted */
  async #report(
    authorized: AuthorizedToolCall,
    call: ToolCall,
    signal: AbortSignal,
    isRepeated: boolean,
  ): Promise<ToolReport> {
    const { tool } = AuthorizedToolCall.verify(authorized);
    if (isRepeated && tool.sideEffect === 'once') {
      return { outcome: 'unknown', problem: toProblemDetails(new ToolOutcomeUnknownError()) };
    }
    try {
      const work = (): Promise<JsonValue> => this.#run(authorized, call.toolCallId, signal);
      return {
        outcome: 'succeeded',
        result: await (tool.isContainer ? work() : this.limits.run(this.session.context, signal, work)),
      };
    } catch (error) {
      // No outcome of a call: the scope that it happened in ends with it.
      if (error instanceof ContextIsolationError) throw error;
      const report = { outcome: outcomeOf(error, signal), problem: toProblemDetails(error) };
      // The agent is told nothing of it, so the log is the only place to find out.
      if (report.outcome === 'failed' && report.problem.code === 'internal_error') {
        this.#logger.error({ runId: this.session.context.runId, toolName: call.toolName, err: error });
      }
      return report;
    }
  }

  async #run(call: AuthorizedToolCall, toolCallId: string, signal: AbortSignal): Promise<JsonValue> {
    const { tool, args, userId } = AuthorizedToolCall.verify(call);
    assertOwnedBy(this.session.context, userId, 'A permission');
    const timeoutMs = tool.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new ToolTimeoutError(timeoutMs)), timeoutMs);
    const invocation: ToolInvocation = {
      context: this.session.context,
      session: this.session,
      signal: AbortSignal.any([signal, limit.signal]),
      toolCallId,
      idempotencyKey: `${this.session.context.runId}:${toolCallId}`,
    };
    try {
      // Announcing takes time: a call that was cancelled meanwhile never starts.
      invocation.signal.throwIfAborted();
      return bounded(await untilAborted(tool.execute(args, invocation), invocation.signal));
    } finally {
      clearTimeout(timer);
    }
  }
}

function outcomeOf(error: unknown, signal: AbortSignal): ToolOutcome {
  if (signal.aborted) return 'cancelled';
  // Nothing was executed.
  if (error instanceof ToolBusyError) return 'refused';
  return error instanceof ToolTimeoutError ? 'timed_out' : 'failed';
}

/** A copy in plain JSON, so that the agent, the event and a repetition after a crash are given the same. */
function bounded(result: JsonValue): JsonValue {
  const json = JSON.stringify(result);
  const size = Buffer.byteLength(json);
  if (size > MAX_RESULT_BYTES) throw new ToolResultTooLargeError(MAX_RESULT_BYTES, size);
  return JSON.parse(json) as JsonValue;
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
