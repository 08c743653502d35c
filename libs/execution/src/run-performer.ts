import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { RunSupersededError, type RunFence } from '@bulkhead/events';
import { ContextIsolationError, InvalidContextError } from '@bulkhead/user-context';
import { isDatabaseTrouble, type Dispatched, type DurableEngine } from './durable-engine.ts';
import { RunOutdatedError, RunUnreadableError } from './execution.errors.ts';
import type { BegunRun } from './held-runs.ts';
import type { RunClaims } from './run-claims.ts';
import type { RunJob, RunProcessor } from './run-queue.service.ts';
import type { RunTaker } from './run-taker.ts';
import { STEP_FORMATS } from './step-format.ts';

const RETRY_MS = 500;
/** Longest time that a run is put off which can not even be opened, in seconds. */
const MAX_PUT_OFF_S = 60;

/** Claims after which a run that fails outside of its own end is given up; with the pauses, about five minutes. */
const MAX_ATTEMPTS = 10;

/** Executes claimed runs under their claims, so that one that was taken over elsewhere is dropped without a trace. */
export class RunPerformer {
  constructor(
    private readonly engine: DurableEngine<RunJob>,
    private readonly taker: RunTaker,
    private readonly claims: RunClaims,
    private readonly fence: RunFence,
    private readonly logger: Logger,
  ) {}

  async perform(job: RunJob, { runId, token }: Dispatched, processRun: RunProcessor): Promise<void> {
    // By the engine's id: what is stored of the context may be unreadable.
    const run = this.taker.held.begin(runId, token);
    if (!run) return;
    try {
      await this.fence.run(run, async () => {
        try {
          await this.#untilDone(job, run, processRun);
        } catch (error) {
          await this.engine.hangWhenStopping();
          if (!isForGood(error, run)) throw error;
          this.logger.error({ runId, err: error }, 'A run can not be executed; it ends as failed.');
          await this.#giveUp(job, run, processRun);
        }
      });
    } catch (error) {
      await this.engine.hangWhenStopping();
      if (!(error instanceof RunSupersededError)) await this.#putOff(run, error);
    } finally {
      run.release();
      this.taker.hasRoom();
    }
  }

  async #untilDone(job: RunJob, run: BegunRun, processRun: RunProcessor): Promise<void> {
    const reads: readonly string[] = STEP_FORMATS;
    const refusal = reads.includes(run.stepFormat) ? undefined : new RunOutdatedError();
    for (;;) {
      try {
        return await processRun(job, this.engine.steps, refusal);
      } catch (error) {
        await this.engine.hangWhenStopping();
        // The run could not even be opened: once it is, it outlasts an outage of the database by itself.
        if (!isDatabaseTrouble(error) || run.superseded.aborted) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  /** Ends a run by what the queue says of it, in a fresh context. */
  async #giveUp(job: RunJob, run: BegunRun, processRun: RunProcessor): Promise<void> {
    const place = await this.claims.placeOf(run.runId);
    if (!place) return;
    // Validated when it is opened, like every stored context.
    const context = {
      ...place,
      runId: run.runId,
      requestId: randomUUID(),
      createdAt: new Date().toISOString(),
      agentContext: {},
      auditMetadata: {},
      operationDepth: 0,
    };
    await processRun({ ...job, context }, this.engine.steps, new RunUnreadableError());
  }

  /** Whatever else goes wrong: the run stays until it has come to its end. */
  async #putOff(run: BegunRun, error: unknown): Promise<void> {
    const { runId, epoch } = run;
    this.logger.error({ runId, err: error }, 'A run could not be executed; it is tried again later.');
    await this.claims.putOff(run, Math.min(2 ** epoch, MAX_PUT_OFF_S)).catch(() => undefined);
  }
}

/** A stored context that can't be opened never gets better; anything else is tried again for a while. */
const isForGood = (error: unknown, { epoch }: BegunRun): boolean => {
  if (error instanceof RunSupersededError || isDatabaseTrouble(error)) return false;
  return (
    epoch >= MAX_ATTEMPTS || error instanceof InvalidContextError || error instanceof ContextIsolationError
  );
};
