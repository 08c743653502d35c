import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { PrunerTransactions } from '@bulkhead/persistence';
import { sql } from 'drizzle-orm';

/** How long events are kept, unless a thread asks for less. */
export interface EventsOptions {
  /** 0: for ever. */
  readonly retentionDays: number;
  /** The newest of each thread; 0: all. */
  readonly eventsPerThread: number;
}

/** Where the options are injected; without them everything is kept, unless a thread asks for less. */
export const EVENTS_OPTIONS = Symbol('EventsOptions');

const DAY_MS = 86_400_000;
/** How often is looked for what is too old, in milliseconds; give or take a quarter, so that nodes don't meet. */
const PERIOD_MS = 60_000;
/** Threads found at a time, and events of one thread removed in one transaction. */
const THREADS = 100;
const EVENTS = 1_000;

/**
 * Removes events that are older than they must be, in small transactions. A thread then says from where on its events
 * are stored, and a cursor before that is refused: never a silent gap. Messages stay.
 */
@Injectable()
export class EventRetention implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(EventRetention.name);
  readonly #options: EventsOptions;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly pruner: PrunerTransactions,
    @Optional() @Inject(EVENTS_OPTIONS) options?: EventsOptions,
  ) {
    this.#options = options ?? { retentionDays: 0, eventsPerThread: 0 };
  }

  onApplicationBootstrap(): void {
    this.#pruneLater();
  }

  onModuleDestroy(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /**
   * Removes all that is too old by now, of threads without an unfinished run.
   * @returns how many events that were
   */
  async prune(): Promise<number> {
    const { retentionDays, eventsPerThread } = this.#options;
    const keep = eventsPerThread > 0 ? eventsPerThread : null;
    const before = retentionDays > 0 ? new Date(Date.now() - retentionDays * DAY_MS).toISOString() : null;
    let pruned = 0;
    for (let isMore = true; isMore && !this.#isClosed;) {
      const threadIds = await this.#rows<{ id: string }>(
        sql`SELECT id FROM bulkhead.prunable_threads(${keep}::bigint, ${before}::timestamptz, ${THREADS}::integer) AS id`,
      );
      let removed = 0;
      for (const { id } of threadIds) {
        const [row] = await this.#rows<{ count: string }>(
          sql`SELECT bulkhead.prune_thread(${id}::uuid, ${keep}::bigint, ${before}::timestamptz, ${EVENTS}::integer) AS count`,
        );
        removed += Number(row?.count ?? 0);
      }
      pruned += removed;
      isMore = removed > 0;
    }
    return pruned;
  }

  #pruneLater(): void {
    const wait = PERIOD_MS * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => {
      this.prune()
        .catch((error: unknown) => this.#logger.warn(`Old events could not be removed: ${String(error)}`))
        .finally(() => {
          if (!this.#isClosed) this.#pruneLater();
        });
    }, wait);
  }

  async #rows<Row>(query: ReturnType<typeof sql>): Promise<Row[]> {
    return this.pruner.run(async (db) => (await db.execute(query)).rows as Row[]);
  }
}
