import pg from 'pg';

/** How often what waits is looked at, in milliseconds. */
const LOOK_MS = 100;
/** How long a query may take before anybody asks whether the database is there at all, in milliseconds. */
const PATIENCE_MS = 350;
/** How long the database may take to answer that, in milliseconds. */
const ANSWER_MS = 600;
/** How often in a row it must have failed to: a machine that is busy beyond measure is slow, too, and not gone. */
const MISSES = 4;

/** What waits for the database. */
interface Waiting {
  readonly since: number;
  readonly onDead: () => void;
}

/**
 * Tells a slow query from a database that is gone without a word: frozen, or behind a broken network. While something
 * waits for long, a connection of its own asks the database for a sign of life. When there is none for about three
 * seconds, whatever waits is given up, and whatever comes then is within a second, until it is there again. Costs
 * nothing while queries are answered.
 */
export class DatabasePulse {
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #client: pg.Client | undefined;
  #isAsking = false;
  #misses = 0;

  constructor(private readonly connectionString: string) {}

  /** Calls back when the database is gone, unless the returned function is called before. */
  watch(onDead: () => void): () => void {
    const waiting = { since: performance.now(), onDead };
    this.#waiting.add(waiting);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
    return () => void this.#waiting.delete(waiting);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#drop();
  }

  #look(): void {
    if (this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const patience = this.#misses >= MISSES ? 0 : PATIENCE_MS;
    const isLong = ({ since }: Waiting): boolean => performance.now() - since >= patience;
    const waiting = [...this.#waiting].filter(isLong);
    if (waiting.length > 0 && !this.#isAsking) void this.#ask(waiting);
  }

  async #ask(waiting: readonly Waiting[]): Promise<void> {
    this.#isAsking = true;
    const askedAt = performance.now();
    try {
      await this.#beat();
      this.#misses = 0;
    } catch {
      this.#drop();
      // When this process was busy itself, the answer may lie unread: it asks again.
      if (performance.now() - askedAt < ANSWER_MS + LOOK_MS) this.#misses++;
      if (this.#misses < MISSES) return;
      for (const each of waiting) if (this.#waiting.delete(each)) each.onDead();
    } finally {
      this.#isAsking = false;
    }
  }

  async #beat(): Promise<void> {
    const { connectionString } = this;
    const limits = { connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS };
    const client = this.#client ?? new pg.Client({ connectionString, ...limits });
    if (!this.#client) {
      client.on('error', () => this.#drop());
      this.#client = client;
      await client.connect();
    }
    await client.query('SELECT 1');
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.end().catch(() => undefined);
  }
}
