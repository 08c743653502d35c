import { ContextIsolationError } from './context.errors.ts';
import type { UserExecutionContext } from './user-execution-context.ts';

type Cleanup = () => void | Promise<void>;

/**
 * The life of one unit of work and its single cleanup entry point. What is opened for the work is released by a
 * cleanup registered here; closing runs them all, last in, first out.
 */
export class UserContextScope {
  readonly #cleanups: { readonly name: string; readonly run: Cleanup }[] = [];
  readonly #abort = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(readonly context: UserExecutionContext) {}

  /** Aborts when the work should stop: time limit, disconnect, cancel, shutdown, or the scope's end. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Registers a cleanup; `name` appears in errors.
   * @throws ContextIsolationError once closing has begun, because it would never run
   */
  defer(name: string, run: Cleanup): void {
    this.assertOpen();
    this.#cleanups.push({ name, run });
  }

  /** @throws ContextIsolationError once closing has begun */
  assertOpen(): void {
    if (this.isClosed) throw new ContextIsolationError('A context was used after its scope was closed.');
  }

  /** Asks the work to stop; the scope stays open until the work has ended. */
  abort(reason: unknown): void {
    this.#abort.abort(reason);
  }

  /**
   * Runs every cleanup even when some fail. Closing twice is the same as once.
   * @param workFailure why the work failed, if it did; kept as the cause, so that a failing cleanup can't hide it
   * @throws AggregateError with all failures
   */
  close(workFailure?: unknown): Promise<void> {
    this.#closing ??= this.#runCleanups(workFailure);
    return this.#closing;
  }

  async #runCleanups(workFailure: unknown): Promise<void> {
    // Yields first, so that isClosed holds before any cleanup can look.
    await Promise.resolve();
    this.abort(new ContextIsolationError('The scope is closed.'));
    const failures: unknown[] = [];
    for (let cleanup = this.#cleanups.pop(); cleanup; cleanup = this.#cleanups.pop()) {
      try {
        await cleanup.run();
      } catch (cause) {
        failures.push(new Error(`Cleanup "${cleanup.name}" failed`, { cause }));
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, 'Closing a scope left something behind', { cause: workFailure });
    }
  }
}
