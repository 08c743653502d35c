import { Inject, Injectable, Logger } from '@nestjs/common';
import type pg from 'pg';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { NodeLock } from '../queue/node-lock.ts';
import { RunQueueRepository } from '../queue/run-queue.repository.ts';
import { RunQueue, type RunProcessor } from '../queue/run-queue.service.ts';
import { QueuePoller } from './queue-poller.ts';
import { RunCapacity } from './run-capacity.service.ts';
import { RunExecutor } from './run-executor.ts';

/** The parts of a node that takes runs. */
interface Worker {
  readonly lock: NodeLock;
  readonly repository: RunQueueRepository;
  readonly poller: QueuePoller;
  readonly executor: RunExecutor;
}

/**
 * Takes runs from the queue for this node: of a user never more at a time than the user's limit, over all nodes, the
 * users in turn, and those of a thread one after the other.
 */
@Injectable()
export class QueueWorker {
  readonly #logger = new Logger(QueueWorker.name);
  #worker: Worker | undefined;

  constructor(
    private readonly queue: RunQueue,
    private readonly capacity: RunCapacity,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /**
   * Opens the queue, and, unless this node only serves clients, begins to take runs, with those that an earlier life of
   * this node left unfinished. @throws NodeIdTakenError
   */
  async start(processRun: RunProcessor): Promise<void> {
    const pool = this.queue.open();
    try {
      if (this.options.role !== 'gateway') await this.#work(pool, processRun);
    } catch (error) {
      this.queue.close();
      await pool.end();
      throw error;
    }
  }

  /** Takes no more runs, lets running ones finish for the drain time, and leaves the rest to others. */
  async stop(): Promise<void> {
    const pool = this.queue.close();
    if (!pool) return;
    const worker = this.#worker;
    const { notifier } = this.queue;
    if (worker) {
      worker.poller.drain();
      // The others take what this node had not begun.
      await notifier.others();
      await worker.executor.drain(this.options.drainTimeoutMs);
      await worker.poller.stop();
      await worker.repository.giveBack().catch(() => undefined);
      await notifier.others();
    }
    this.queue.detach();
    worker?.lock.release();
    this.#worker = undefined;
    await pool.end();
  }

  async #work(pool: pg.Pool, processRun: RunProcessor): Promise<void> {
    const { options, queue } = this;
    const lock = await NodeLock.take(pool, options.nodeId, this.#logger);
    const repository = new RunQueueRepository(pool, options);
    const executor = new RunExecutor(processRun, repository, this.#logger);
    const poller: QueuePoller = new QueuePoller(
      repository,
      {
        room: (held) => this.capacity.beside(held),
        perform: (run) => executor.perform(run, () => poller.hasRoom()),
        onFull: () => void queue.notifier.others(),
      },
      this.#logger,
    );
    try {
      await repository.giveBackLost();
    } catch (error) {
      lock.release();
      throw error;
    }
    this.#worker = { lock, repository, poller, executor };
    queue.attach({
      get heldCount() {
        return poller.held.size;
      },
      wake: () => poller.wake(),
      wakeAnybody: () => poller.wakeAnybody(),
      hangWhenStopping: () => executor.hangWhenStopping(),
    });
    poller.start();
    await queue.notifier.open();
  }
}
