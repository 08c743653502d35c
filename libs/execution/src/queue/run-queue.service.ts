import { Inject, Injectable, Logger } from '@nestjs/common';
import type { AppError } from '@bulkhead/errors';
import type { RunClaim } from '@bulkhead/events';
import { FeatureFlags } from '@bulkhead/flags';
import {
  asQueueRole,
  Database,
  DatabaseUnavailableError,
  openPool,
  type UserTransaction,
} from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import type pg from 'pg';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { enterQueue, leaveQueue } from './run-queue.repository.ts';
import { RunTraces } from './run-traces.service.ts';
import { QueueNotifier } from './queue-notifier.ts';

/** A queued run, as the queue stores it. */
export interface RunJob {
  /** The JSON of the context that accepted it; validated when it is opened. */
  readonly context: Readonly<Record<'userId' | 'runId', string>>;
  readonly sessionId: string;
  readonly agentName: string;
}

/**
 * Executes a run to its end, in a context that `FencingTokens` holds under the claim; with `refusal`, ends it for that reason
 * without executing it.
 */
export type RunProcessor = (job: RunJob, claim: RunClaim, refusal?: AppError) => Promise<void>;

/** The node's lock, its claims one after the other, and what gives runs back. */
const POOL_SIZE = 4;

/** The part of this node that takes runs from the queue. */
export interface QueueConsumer {
  /** Runs that this node executes now. */
  readonly heldCount: number;
  /** There may be a run to take here. */
  wake(): void;
  /** There may be a run to take, here or elsewhere. */
  wakeAnybody(): void;
  /** An error that a shutdown caused is not stored as a run's outcome: its caller waits for the end of the process. */
  hangWhenStopping(): Promise<void>;
}

/**
 * The durable queue of runs, as those who fill it see it: a run enters and leaves with the transaction of what it is
 * about. `QueueWorker` takes runs from it. Steps are kept by `StepStore`.
 */
@Injectable()
export class RunQueue {
  readonly #logger = new Logger(RunQueue.name);
  readonly notifier: QueueNotifier;
  #pool: pg.Pool | undefined;
  #consumer: QueueConsumer | undefined;

  constructor(
    private readonly database: Database,
    flags: FeatureFlags,
    private readonly traces: RunTraces,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {
    this.notifier = new QueueNotifier(database, flags, () => this.#consumer?.wake());
  }

  /** Whether messages are accepted here, and runs taken unless this node only serves clients. */
  get isOpen(): boolean {
    return this.#pool !== undefined && (this.options.role === 'gateway' || this.#consumer !== undefined);
  }

  /** @throws DatabaseUnavailableError before the queue was opened, and after it was closed */
  assertOpen(): void {
    if (!this.isOpen) throw new DatabaseUnavailableError(new Error('The queue is not open'));
  }

  /** Runs that this node executes now. */
  get heldCount(): number {
    return this.#consumer?.heldCount ?? 0;
  }

  /** Makes the queue usable. @returns its connections */
  open(): pg.Pool {
    const pool = openPool(this.database.engineUrl, { max: POOL_SIZE, keepAlive: true });
    pool.on('error', (error) => this.#logger.warn(`A connection of the queue was lost: ${error.message}`));
    return (this.#pool = pool);
  }

  /** Has a consumer of this node woken from now on. */
  attach(consumer: QueueConsumer): void {
    this.#consumer = consumer;
  }

  /** Accepts nothing more. @returns the connections, to be ended when nothing uses them any more; undefined: it was closed before */
  close(): pg.Pool | undefined {
    const pool = this.#pool;
    this.#pool = undefined;
    return pool;
  }

  detach(): void {
    this.notifier.close();
    this.#consumer = undefined;
  }

  /**
   * Adds the context's run within a transaction that holds the lock of its thread: it exists if and when that commits,
   * and is then taken at once.
   */
  async enqueue(
    transaction: UserTransaction,
    context: UserExecutionContext,
    agentName: string,
  ): Promise<void> {
    if (!this.#pool) throw new DatabaseUnavailableError(new Error('The queue has not started'));
    const job: RunJob = { context: context.toJSON(), sessionId: context.identity.sessionId, agentName };
    this.traces.keep(transaction, context);
    transaction.atCommit(asQueueRole(enterQueue(context, JSON.stringify(job))));
    transaction.afterCommit(() => this.#wakeAnybody());
  }

  /** Removes an ended run within a transaction that holds the lock of its thread; the next one may begin then. */
  leave(transaction: UserTransaction, { runId }: UserExecutionContext): void {
    transaction.atCommit(asQueueRole(leaveQueue(runId)));
    transaction.afterCommit(() => this.#wakeAnybody());
  }

  /** @see QueueConsumer */
  async hangWhenStopping(): Promise<void> {
    await this.#consumer?.hangWhenStopping();
  }

  #wakeAnybody(): void {
    if (this.#consumer) this.#consumer.wakeAnybody();
    else void this.notifier.others();
  }
}
