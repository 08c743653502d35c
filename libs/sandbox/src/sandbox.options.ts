import { availableParallelism } from 'node:os';

export interface SandboxOptions {
  /** Worker threads at most. One user never holds all of them, if there are two or more. */
  readonly workers: number;
  /** Longest time of one task, in milliseconds; its worker is killed then. */
  readonly timeoutMs: number;
  /** Largest heap of one worker, in MiB. */
  readonly memoryMb: number;
  /** Tasks that wait for a worker at most. */
  readonly waiting: number;
  /** Longest time that one waits, in milliseconds. */
  readonly waitMs: number;
  /** How long a worker is kept without a task, in milliseconds. */
  readonly idleMs: number;
}

/** Where the options are injected; without them the defaults apply. */
export const SANDBOX_OPTIONS = Symbol('SandboxOptions');

export const defaultSandboxOptions: SandboxOptions = Object.freeze({
  workers: Math.min(4, Math.max(2, availableParallelism() - 1)),
  timeoutMs: 5_000,
  memoryMb: 96,
  waiting: 200,
  waitMs: 15_000,
  idleMs: 60_000,
});
