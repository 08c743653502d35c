import { Inject, Injectable, Optional } from '@nestjs/common';
import type { UserDatabaseSession } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { ToolBusyError, ToolRateError } from '../tools.errors.ts';

export interface ToolLimitsOptions {
  /** Executed calls of one user within a minute, over all nodes. */
  readonly callsPerMinute: number;
  /** Calls of one user that this node executes at the same time. */
  readonly callsAtOnce: number;
  /** How long a call waits for its turn, in milliseconds. */
  readonly waitMs: number;
}

/** Where the options are injected; without them the defaults apply. */
export const TOOL_LIMITS_OPTIONS = Symbol('ToolLimitsOptions');

export const defaultToolLimits: ToolLimitsOptions = Object.freeze({
  callsPerMinute: 6_000,
  callsAtOnce: 16,
  waitMs: 5_000,
});

/** How many calls each user may make. A call that waits for its turn can be stopped. */
@Injectable()
export class ToolLimits {
  readonly #busy = new Map<string, UserPlaces>();

  constructor(
    @Optional()
    @Inject(TOOL_LIMITS_OPTIONS)
    private readonly options: ToolLimitsOptions = defaultToolLimits,
  ) {}

  /** Users with a call under way. */
  get userCount(): number {
    return this.#busy.size;
  }

  /** @throws ToolBusyError, or the signal's reason; then `work` is not begun */
  async run<R>({ userId }: UserExecutionContext, signal: AbortSignal, work: () => Promise<R>): Promise<R> {
    const places = this.#busy.get(userId) ?? new UserPlaces(this.options.callsAtOnce);
    this.#busy.set(userId, places);
    try {
      await places.take(signal, this.options.waitMs);
      try {
        return await work();
      } finally {
        places.giveBack();
      }
    } finally {
      if (places.isUnused) this.#busy.delete(userId);
    }
  }

  /**
   * Counts a call that is about to be executed. One row per user, whose minute begins with its first call: all nodes
   * share it, in one round trip.
   * @throws ToolRateError; then it is not counted
   */
  async count(session: UserDatabaseSession): Promise<void> {
    const limit = this.options.callsPerMinute;
    const isOver = `w.started_at <= now() - interval '1 minute'`;
    const counted = await session.statement(
      (literal) =>
        `INSERT INTO bulkhead.tool_call_windows AS w (user_id, started_at, calls)
         VALUES (${literal(session.context.userId)}, now(), 1)
         ON CONFLICT (user_id) DO UPDATE
           SET started_at = CASE WHEN ${isOver} THEN now() ELSE w.started_at END,
               calls = CASE WHEN ${isOver} THEN 1 ELSE w.calls + 1 END
         WHERE ${isOver} OR w.calls < ${limit}
         RETURNING calls`,
    );
    if (counted.length > 0) return;
    const [window] = await session.statement<{ seconds: number }>(
      () =>
        `SELECT ceil(extract(epoch from started_at + interval '1 minute' - now()))::int AS seconds
           FROM bulkhead.tool_call_windows`,
    );
    throw new ToolRateError(limit, Math.max(1, window?.seconds ?? 1));
  }
}

/** The calls of one user that are under way, and those that wait, in order. */
class UserPlaces {
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(private readonly size: number) {}

  get isUnused(): boolean {
    return this.#taken === 0 && this.#waiting.length === 0;
  }

  async take(signal: AbortSignal, waitMs: number): Promise<void> {
    signal.throwIfAborted();
    if (this.#taken < this.size) {
      this.#taken += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const settle = (finish: () => void) => (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        const place = this.#waiting.indexOf(onTurn);
        if (place >= 0) this.#waiting.splice(place, 1);
        finish();
      };
      const onTurn = settle(resolve);
      const onAbort = settle(() => reject(signal.reason as Error));
      const timer = setTimeout(
        settle(() => reject(new ToolBusyError(this.size))),
        waitMs,
      );
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(onTurn);
    });
  }

  /** The place goes to whoever waits longest. */
  giveBack(): void {
    const next = this.#waiting[0];
    if (next) next();
    else this.#taken -= 1;
  }
}
