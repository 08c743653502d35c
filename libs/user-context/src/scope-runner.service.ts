import { Injectable, type BeforeApplicationShutdown, type Type } from '@nestjs/common';
import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import {
  ContextIsolationError,
  ScopeTimeoutError,
  ShuttingDownError,
  WorkInterruptedError,
} from './context.errors.ts';
import { IsolationMonitor } from './isolation-monitor.service.ts';
import { LeakDetector } from './leak-detector.service.ts';
import { UserContextScope } from './user-context-scope.ts';
import { UserExecutionContext } from './user-execution-context.ts';

/** How long work that was told to stop because the node does may take to come to its own end, in milliseconds. */
const SHUTDOWN_GRACE_MS = 1_000;

export interface ScopeOptions {
  /** Stops the work when it aborts, e.g. because the client went away. */
  readonly signal?: AbortSignal;
  /** Stops the work after this many milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Opens one REQUEST scope per unit of work (HTTP request, socket message, queued run), and is the only place
 * that does. Everything request-scoped is resolved inside and released before `run` settles.
 */
@Injectable()
export class ScopeRunner implements BeforeApplicationShutdown {
  readonly #live = new Set<UserContextScope>();
  readonly #idle = new Set<() => void>();
  #shuttingDown = false;
  #opened = 0;
  #leftBehind = 0;

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly monitor: IsolationMonitor,
    private readonly leaks: LeakDetector,
  ) {}

  /** Scopes that are open now. */
  get liveCount(): number {
    return this.#live.size;
  }

  /** Scopes that were opened since the start. */
  get openedCount(): number {
    return this.#opened;
  }

  /** Scopes whose cleanup failed: something may be left of them. */
  get leftBehindCount(): number {
    return this.#leftBehind;
  }

  /** Things that outlived their scopes; see `LeakDetector`. */
  get leftoverCount(): number {
    return [...this.leaks.leftovers.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Resolves `handler` in a fresh scope of `context`, runs `work` with it, and closes the scope on every exit.
   * Consume streams inside `work`: what it returns outlives the scope.
   * @throws ShuttingDownError before it begins, WorkInterruptedError when the node ends before the work does
   * @throws ScopeTimeoutError, the signal's reason, or whatever `work` throws
   */
  async run<T, R>(
    context: UserExecutionContext,
    handler: Type<T>,
    work: (handler: T, scope: UserContextScope) => Promise<R>,
    options: ScopeOptions = {},
  ): Promise<R> {
    if (this.#shuttingDown) throw new ShuttingDownError();
    const scope = new UserContextScope(UserExecutionContext.verify(context));
    const stopWatching = watchLimits(scope, options);
    this.#live.add(scope);
    this.leaks.opened(scope, handler.name);
    this.#opened += 1;
    let failure: unknown;
    let isSettled = false;
    try {
      const performing = this.#perform(scope, handler, work).finally(() => (isSettled = true));
      return await untilAborted(scope, performing);
    } catch (error) {
      failure = error;
      if (error instanceof ContextIsolationError) this.monitor.report({ error, context: scope.context });
      throw error;
    } finally {
      stopWatching();
      await this.#close(scope, failure, !isSettled);
    }
  }

  /**
   * Refuses new scopes, asks live ones to stop, and waits until all are closed. Work that is about to end ends: a caller
   * who is told to try again must be sure that nothing was done.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.#shuttingDown = true;
    for (const scope of this.#live) scope.abort(new ShuttingDownError());
    if (this.#live.size > 0) await new Promise<void>((resolve) => this.#idle.add(resolve));
  }

  async #perform<T, R>(
    scope: UserContextScope,
    handler: Type<T>,
    work: (handler: T, scope: UserContextScope) => Promise<R>,
  ): Promise<R> {
    scope.signal.throwIfAborted();
    const contextId = ContextIdFactory.create();
    this.moduleRef.registerRequestByContextId(scope, contextId);
    const instance = await this.moduleRef.resolve(handler, contextId, { strict: false });
    // Resolving may have waited, for a connection say, until past the end of the scope.
    scope.signal.throwIfAborted();
    return work(instance, scope);
  }

  async #close(scope: UserContextScope, failure: unknown, isAbandoned: boolean): Promise<void> {
    try {
      await scope.close(failure);
    } catch (error) {
      this.#leftBehind += 1;
      throw error;
    } finally {
      this.#live.delete(scope);
      this.leaks.closed(scope, isAbandoned);
      if (this.#live.size === 0) for (const resolve of this.#idle) resolve();
    }
  }
}

function watchLimits(scope: UserContextScope, { signal, timeoutMs }: ScopeOptions): () => void {
  const onAbort = (): void => scope.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => scope.abort(new ScopeTimeoutError(timeoutMs)), timeoutMs);
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
}

/**
 * The work's outcome, or the abort's reason if that comes first: work that ignores the signal can't hold the scope. When
 * the node shuts down, the work has a moment to come to its own end.
 */
async function untilAborted<R>(scope: UserContextScope, work: Promise<R>): Promise<R> {
  let onAbort: (() => void) | undefined;
  let patience: NodeJS.Timeout | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      const reason = scope.signal.reason as Error;
      if (!(reason instanceof ShuttingDownError)) return reject(reason);
      patience = setTimeout(() => reject(new WorkInterruptedError()), SHUTDOWN_GRACE_MS);
    };
    if (scope.signal.aborted) onAbort();
    else scope.signal.addEventListener('abort', onAbort, { once: true });
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    clearTimeout(patience);
    if (onAbort) scope.signal.removeEventListener('abort', onAbort);
  }
}
