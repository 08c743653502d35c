import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { RunSupersededError } from '@bulkhead/events';
import { ContextIsolationError, InvalidContextError } from '@bulkhead/user-context';
import { RunOutdatedError, RunUnreadableError } from '../execution.errors.ts';
import type { BegunRun } from './leased-runs.ts';
import { isDatabaseTrouble } from '../steps/retry-while-database-down.ts';
import type { RunQueueRepository } from '../queue/run-queue.repository.ts';
import type { RunJob, RunProcessor } from '../queue/run-queue.service.ts';
import { STEP_FORMATS } from '../queue/step-format.ts';

const RETRY_MS = 500;
/** Longest time that a run is put off which can not even be opened, in seconds. */
const MAX_PUT_OFF_S = 60;

/** Claims after which a run that fails outside of its own end is given up; with the pauses, about five minutes. */
const MAX_ATTEMPTS = 10;

/** From here to the end of the drain time, in milliseconds, nothing that fails is taken for an outcome. */
const LAST_MS = 250;

/** Executes claimed runs under their claims, so that one that was taken over elsewhere is dropped without a trace. */
export class RunExecutor {
  readonly #performing = new Set<Promise<void>>();
  #isStopping = false;

  constructor(
    private readonly processRun: RunProcessor,
    private readonly claims: RunQueueRepository,
    private readonly logger: Logger,
  ) {}

  /** @param onEnd is called when the run is not this node's any more */
  perform(run: BegunRun, onEnd: () => void): void {
    const performing = this.#perform(run).finally(() => {
      this.#performing.delete(performing);
      run.release();
      onEnd();
    });
    this.#performing.add(performing);
  }

  /** Lets runs finish for the drain time; the rest neither goes on nor ends. */
  async drain(timeoutMs: number): Promise<void> {
    const abandon = setTimeout(() => (this.#isStopping = true), Math.max(0, timeoutMs - LAST_MS));
    const end = new AbortController();
    const timeout = delay(timeoutMs, undefined, { signal: end.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#performing), timeout]);
    end.abort();
    clearTimeout(abandon);
    this.#isStopping = true;
  }

  /** An error that a shutdown caused must not be stored as the run's: the run continues after the restart. */
  async hangWhenStopping(): Promise<void> {
    if (this.#isStopping) await new Promise(() => undefined);
  }

  async #perform(run: BegunRun): Promise<void> {
    const { runId } = run;
    const job = readJob(run.job);
    try {
      try {
        await this.#untilDone(job, run);
      } catch (error) {
        await this.hangWhenStopping();
        if (!isForGood(error, run)) throw error;
        this.logger.error({ runId, err: error }, 'A run can not be executed; it ends as failed.');
        await this.#giveUp(job, run);
      }
    } catch (error) {
      await this.hangWhenStopping();
      if (!(error instanceof RunSupersededError)) await this.#putOff(run, error);
    }
  }

  async #untilDone(job: RunJob, run: BegunRun): Promise<void> {
    const reads: readonly string[] = STEP_FORMATS;
    const refusal = reads.includes(run.stepFormat) ? undefined : new RunOutdatedError();
    for (;;) {
      try {
        return await this.processRun(job, run, refusal);
      } catch (error) {
        await this.hangWhenStopping();
        // The run could not even be opened: once it is, it outlasts an outage of the database by itself.
        if (!isDatabaseTrouble(error) || run.superseded.aborted) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  /** Ends a run by what the queue says of it, in a fresh context. */
  async #giveUp(job: RunJob, run: BegunRun): Promise<void> {
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
    await this.processRun({ ...job, context }, run, new RunUnreadableError());
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

/** What can't be read is told apart when it is opened. */
function readJob(text: string | null): RunJob {
  try {
    return JSON.parse(text ?? '') as RunJob;
  } catch {
    return { context: { userId: '', runId: '' }, sessionId: randomUUID(), agentName: 'unknown' };
  }
}
