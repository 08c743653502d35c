import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, Scope } from '@nestjs/common';
import { AppError, toProblemDetails } from '@bulkhead/errors';
import { RunSupersededError } from '@bulkhead/events';
import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { ContextIsolationError, UserContextScope } from '@bulkhead/user-context';
import { ActiveRuns } from '../runs/active-runs.service.ts';
import type { Checkpoints } from '../steps/checkpoints.ts';
import { RUN_CANCELLED, RUN_TIMEOUT, RunCrashesNodeError } from '../execution.errors.ts';
import { ExecutionEngineFactory } from '../engine/execution-engine.factory.ts';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { RunTimer } from '../engine/run-timer.ts';
import { RunConversation, type StoredConversation } from '../conversation/run-conversation.service.ts';
import { RunBudget } from '../engine/run-budget.ts';
import type { RunOutcome } from '../runs/run-outcome.ts';
import { RunStore } from '../runs/run-store.service.ts';

const RETRY_MS = 500;

/** Takes one queued run from its start to its terminal state. Resolved by the worker, in the run's own scope. */
@Injectable({ scope: Scope.REQUEST })
export class RunJobHandler {
  readonly #logger = new Logger(RunJobHandler.name);
  #violation: ContextIsolationError | undefined;

  constructor(
    private readonly scope: UserContextScope,
    private readonly engines: ExecutionEngineFactory,
    private readonly journal: RunStore,
    private readonly ledger: ActiveRuns,
    private readonly conversation: RunConversation,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /**
   * Safe to repeat after a crash at any point.
   * @param steps other than the run's own
   * @throws the reason when the scope is closed from outside, RunSupersededError when another node took the run over
   * @throws ContextIsolationError once the run has failed by it: so its scope ends with it too, and tells of it
   */
  async execute(agentName: string, steps: Checkpoints = this.journal.steps): Promise<void> {
    const { context } = this.scope;
    const { signal: cancelled, leave } = this.ledger.enter(context);
    this.scope.defer('activity ledger', leave);
    this.#stopWhenSuperseded();
    // In one round trip.
    const [state, said] = await Promise.all([
      this.#persist(() => this.journal.begin()),
      this.#persist(() => this.conversation.read()),
    ]);
    if (state === 'ended') return;
    if (state === 'crashing') return this.#end(agentName, new RunCrashesNodeError());
    const outcome: RunOutcome =
      state === 'cancelling'
        ? { state: 'cancelled' }
        : await this.#outcome(agentName, said, steps, cancelled);
    await this.#persist(() => this.journal.finish(agentName, outcome));
    if (this.#violation) throw this.#violation;
  }

  /** Ends a run that must not be executed. */
  async refuse(agentName: string, reason: AppError): Promise<void> {
    if ((await this.#persist(() => this.journal.begin())) !== 'ended') await this.#end(agentName, reason);
  }

  async #end(agentName: string, reason: AppError): Promise<void> {
    const outcome: RunOutcome = { state: 'failed', problem: toProblemDetails(reason) };
    await this.#persist(() => this.journal.finish(agentName, outcome));
  }

  async #outcome(
    agentName: string,
    said: StoredConversation,
    steps: Checkpoints,
    cancelled: AbortSignal,
  ): Promise<RunOutcome> {
    const { context } = this.scope;
    const { runTimeoutMs } = this.options;
    const clock = new RunTimer(runTimeoutMs, await this.#persist(() => this.journal.workedMs()));
    this.scope.defer('run time limit', () => clock.stop());
    const signal = AbortSignal.any([this.scope.signal, cancelled, clock.signal]);
    try {
      const conversation = await this.#persist(() => this.conversation.tell(said, agentName, signal));
      const budget = new RunBudget(this.options);
      const engine = this.engines.createForUser(context);
      return {
        state: 'completed',
        ...(await engine.run({
          agentName,
          conversation,
          contextTokens: this.options.contextTokens,
          steps,
          budget,
          clock,
          signal,
          closing: this.scope.signal,
        })),
      };
    } catch (error) {
      // The scope was closed from outside: the run has not ended, it continues elsewhere.
      if (this.scope.signal.aborted || error instanceof RunSupersededError) throw error;
      if (error instanceof ContextIsolationError) this.#violation = error;
      return this.#failure(error, signal);
    }
  }

  #stopWhenSuperseded(): void {
    const { superseded } = this.journal.claim ?? {};
    const stop = (): void => this.scope.abort(superseded?.reason);
    superseded?.addEventListener('abort', stop, { once: true });
    this.scope.defer('claim', () => superseded?.removeEventListener('abort', stop));
    if (superseded?.aborted) stop();
  }

  #failure(error: unknown, signal: AbortSignal): RunOutcome {
    const cause: unknown = signal.aborted ? signal.reason : error;
    // By code: after a crash it may be the stored error of a step that had failed before.
    const code = cause instanceof AppError ? cause.code : undefined;
    if (code === RUN_CANCELLED) return { state: 'cancelled' };
    const state = code === RUN_TIMEOUT ? 'timed_out' : 'failed';
    const problem = toProblemDetails(cause);
    if (problem.code === 'internal_error')
      this.#logger.error({ runId: this.scope.context.runId, err: cause });
    return { state, problem };
  }

  /** Repeats work while the database is away: an accepted run is not given up for that. */
  async #persist<R>(work: () => Promise<R>): Promise<R> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
        await delay(RETRY_MS, undefined, { signal: this.scope.signal });
      }
    }
  }
}
