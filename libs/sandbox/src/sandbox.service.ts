import { Inject, Injectable, Optional, type OnModuleDestroy } from '@nestjs/common';
import { BoundedQueue } from '@bulkhead/persistence';
import { Piscina } from 'piscina';
import { SandboxBusyError, SandboxCrashedError, SandboxLimitError } from './sandbox.errors.ts';
import type { SandboxedTask } from './sandboxed.task.ts';
import { defaultSandboxOptions, SANDBOX_OPTIONS, type SandboxOptions } from './sandbox.options.ts';
import { TaskClock } from './task-clock.ts';
import { taskFile } from './task-file.ts';

/** One task for a worker thread. */
export interface SandboxedCall {
  /** Module whose default export is called with the input, see `taskFile`. */
  readonly file: URL;
  /** What structured clone can copy. */
  readonly input: unknown;
  /** Whose task it is: users take turns. */
  readonly userId: string;
  /** Ends the waiting, and the task with its thread. */
  readonly signal: AbortSignal;
}

/** How workers of a checkout load TypeScript; a build has none. */
const sourceFlags = [
  '--conditions=@bulkhead/source',
  '--import',
  new URL('../../../tools/workspace/swc-hook.mjs', import.meta.url).href,
];

/**
 * Runs synchronous code over untrusted input in worker threads, each with a limit of memory and of time. Nothing that
 * such code does to its thread stops or ends this process. It is no boundary against hostile code: a thread may do
 * what the process may.
 */
@Injectable()
export class Sandbox implements OnModuleDestroy {
  readonly #queue: BoundedQueue;
  #pool: Piscina | undefined;

  constructor(
    @Optional() @Inject(SANDBOX_OPTIONS) private readonly options: SandboxOptions = defaultSandboxOptions,
  ) {
    this.#queue = new BoundedQueue({
      atOnce: options.workers,
      atOncePerLane: Math.max(1, options.workers - 1),
      waiting: options.waiting,
      refusal: () => new SandboxBusyError(),
    });
  }

  /**
   * Calls the module's default export with the input. What it throws becomes a `SandboxCrashedError`: a refusal with
   * a reason is a result.
   * @throws SandboxBusyError, SandboxLimitError, SandboxCrashedError, or the signal's reason
   */
  async run<Result>({ signal, userId, ...task }: SandboxedCall): Promise<Result> {
    signal.throwIfAborted();
    const whileWaiting = (giveUp: (reason: Error) => void): (() => void) => {
      const onAbort = (): void => giveUp(signal.reason as Error);
      const timer = setTimeout(() => giveUp(new SandboxBusyError()), this.options.waitMs);
      signal.addEventListener('abort', onAbort, { once: true });
      return () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
    };
    return this.#queue.run(() => this.#perform<Result>(task, signal), { lane: userId, whileWaiting });
  }

  /** Ends all workers. */
  async onModuleDestroy(): Promise<void> {
    await this.#pool?.destroy();
  }

  async #perform<Result>(
    { file, input }: Pick<SandboxedCall, 'file' | 'input'>,
    signal: AbortSignal,
  ): Promise<Result> {
    const { timeoutMs, memoryMb } = this.options;
    signal.throwIfAborted();
    const clock = new TaskClock(timeoutMs);
    const task: SandboxedTask = { file: file.href, input, begunAt: clock.begunAt };
    try {
      this.#pool ??= this.#open();
      return (await this.#pool.run(task, { signal: AbortSignal.any([signal, clock.signal]) })) as Result;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (clock.signal.aborted) throw new SandboxLimitError('time', timeoutMs, 'ms');
      if (isOutOfMemory(error)) throw new SandboxLimitError('memory', memoryMb, 'MiB');
      throw new SandboxCrashedError(error);
    } finally {
      clock.stop();
    }
  }

  #open(): Piscina {
    const { workers, memoryMb, idleMs } = this.options;
    const pool = new Piscina({
      filename: taskFile(import.meta.url, 'sandboxed.task').href,
      minThreads: 0,
      maxThreads: workers,
      idleTimeout: idleMs,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16 },
      // Neither settings nor debuggers of this process are passed on.
      env: {},
      execArgv: import.meta.url.endsWith('.ts') ? sourceFlags : [],
    });
    // A worker that fails between two tasks is replaced; the next task that needs one tells what is wrong.
    pool.on('error', () => undefined);
    return pool;
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
