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
import { NodeLock } from './node-lock.ts';
import { enterQueue, leaveQueue, RunQueueRepository } from './run-queue.repository.ts';
import { RunExecutor } from '../worker/run-executor.ts';
import { RunCapacity } from '../worker/run-capacity.service.ts';
import { RunTraces } from './run-traces.service.ts';
import { QueuePoller } from '../worker/queue-poller.ts';
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

/**
 * The durable queue of runs. Each node claims runs for itself: of a user never more at a time than the user's limit,
 * over all nodes, the users in turn, and those of a thread one after the other. Steps are kept by `StepStore`.
 */
@Injectable()
export class RunQueue {
  readonly #logger = new Logger(RunQueue.name);
  readonly #wake: QueueNotifier;
  #pool: pg.Pool | undefined;
  #worker: Worker | undefined;

  constructor(
    private readonly database: Database,
    private readonly room: RunCapacity,
    flags: FeatureFlags,
    private readonly traces: RunTraces,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {
    this.#wake = new QueueNotifier(database, flags, () => this.#worker?.taker.wake());
  }

  /** Whether messages are accepted here, and runs taken unless this node only serves clients. */
  get isOpen(): boolean {
    return this.#pool !== undefined && (this.options.role === 'gateway' || this.#worker !== undefined);
  }

  /** @throws DatabaseUnavailableError before the queue was opened, and after it was closed */
  assertOpen(): void {
    if (!this.isOpen) throw new DatabaseUnavailableError(new Error('The queue is not open'));
  }

  /** Runs that this node executes now. */
  get heldCount(): number {
    return this.#worker?.taker.held.size ?? 0;
  }

  /**
   * Makes the queue usable, and, unless this node only serves clients, begins to take runs, with those that an earlier
   * life of this node left unfinished. @throws NodeIdTakenError
   */
  async start(processRun: RunProcessor): Promise<void> {
    const pool = openPool(this.database.engineUrl, { max: POOL_SIZE, keepAlive: true });
    pool.on('error', (error) => this.#logger.warn(`An engine connection was lost: ${error.message}`));
    this.#pool = pool;
    try {
      if (this.options.role !== 'gateway') await this.#work(pool, processRun);
    } catch (error) {
      this.#pool = undefined;
      await pool.end();
      throw error;
    }
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

  /** An error that the end of this process caused is no outcome of a run: whoever has it waits for that end. */
  async hangWhenStopping(): Promise<void> {
    await this.#worker?.performer.hangWhenStopping();
  }

  /** Takes no more runs, lets running ones finish for the drain time, and leaves the rest to others. */
  async stop(): Promise<void> {
    const pool = this.#pool;
    if (!pool) return;
    this.#pool = undefined;
    const worker = this.#worker;
    if (worker) {
      worker.taker.drain();
      // The others take what this node had not begun.
      await this.#wake.others();
      await worker.performer.drain(this.options.drainTimeoutMs);
      await worker.taker.stop();
      await worker.claims.giveBack().catch(() => undefined);
      await this.#wake.others();
    }
    this.#wake.close();
    worker?.lease.release();
    this.#worker = undefined;
    await pool.end();
  }

  #wakeAnybody(): void {
    if (this.#worker) this.#worker.taker.wakeAnybody();
    else void this.#wake.others();
  }

  async #work(pool: pg.Pool, processRun: RunProcessor): Promise<void> {
    const { options } = this;
    const lease = await NodeLock.take(pool, options.nodeId, this.#logger);
    const claims = new RunQueueRepository(pool, options);
    const performer = new RunExecutor(processRun, claims, this.#logger);
    const taker: QueuePoller = new QueuePoller(
      claims,
      {
        room: (held) => this.room.beside(held),
        perform: (run) => performer.perform(run, () => taker.hasRoom()),
        onFull: () => void this.#wake.others(),
      },
      this.#logger,
    );
    try {
      await claims.giveBackLost();
    } catch (error) {
      lease.release();
      throw error;
    }
    this.#worker = { lease, claims, taker, performer };
    taker.start();
    await this.#wake.open();
  }
}

/** What a node that takes runs has. */
interface Worker {
  readonly lease: NodeLock;
  readonly claims: RunQueueRepository;
  readonly taker: QueuePoller;
  readonly performer: RunExecutor;
}
