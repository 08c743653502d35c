import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import { LeasedRuns, type BegunRun } from './leased-runs.ts';
import type { ClaimedRun, RunQueueRepository } from '../queue/run-queue.repository.ts';

/** How often a node says that it lives, and looks for work that it was not told of. */
const BEAT_MS = 1_000;

export interface TakerOptions {
  /** Runs that this node may take now. */
  readonly room: (held: number) => number;
  /** Executes a run that was claimed. */
  readonly perform: (run: BegunRun) => void;
  /** There is more than this node may take. */
  readonly onFull: () => void;
}

/** Takes runs from the queue: when it is woken, and with every beat in case a wake was lost. */
export class QueuePoller {
  readonly held = new LeasedRuns();
  #isAsked = false;
  /** Asked by something that happened here: what this node can't take, others must hear of. */
  #isOwnCause = false;
  #isFull = false;
  #isTaking = true;
  #isBeatDue = true;
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #pump: Promise<void> | undefined;

  constructor(
    private readonly claims: RunQueueRepository,
    private readonly options: TakerOptions,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#isBeatDue = true;
      this.wake();
    }, BEAT_MS);
    this.wake();
  }

  /** There may be a run to take, here or elsewhere. */
  wakeAnybody(): void {
    this.#isOwnCause = true;
    this.wake();
  }

  /** There may be a run to take here. Wakes while one is being looked into are one. */
  wake(): void {
    this.#isAsked = true;
    if (this.#isStopped) return;
    this.#pump ??= this.#work().finally(() => {
      this.#pump = undefined;
      if (this.#isAsked) this.wake();
    });
  }

  /** A run has ended here: there is room again. */
  hasRoom(): void {
    if (this.#isFull) this.wake();
  }

  /** Takes nothing more, and goes on saying that this node lives. */
  drain(): void {
    this.#isTaking = false;
  }

  /** Settles when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#isAsked = false;
    clearInterval(this.#timer);
    await this.#pump;
  }

  async #work(): Promise<void> {
    while (this.#isAsked && !this.#isStopped) {
      this.#isAsked = false;
      try {
        await this.#take();
      } catch (error) {
        // The next beat tries again.
        this.logger.warn(`The queue could not be asked: ${String(error)}`);
        return;
      }
    }
  }

  async #take(): Promise<void> {
    const token = randomUUID();
    const isOwnCause = this.#isOwnCause;
    this.#isOwnCause = false;
    const room = this.#isTaking ? Math.max(0, this.options.room(this.held.size)) : 0;
    const claimed = await this.#ask(token, room);
    this.#isFull = claimed.length === room;
    for (const run of claimed) this.options.perform(this.held.add(run));
    if (this.#isFull && isOwnCause) this.options.onFull();
  }

  async #ask(token: string, room: number): Promise<readonly ClaimedRun[]> {
    if (!this.#isBeatDue) return room === 0 ? [] : this.claims.claim(token, room);
    this.#isBeatDue = false;
    const { lost, claimed } = await this.claims.beat(token, this.held.list(), room);
    this.held.supersede(lost);
    return claimed;
  }
}
