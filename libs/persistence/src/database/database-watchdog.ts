import type pg from 'pg';
import { openClient } from '../postgres/connections.ts';

/** How often what waits is looked at, in milliseconds. */
const LOOK_MS = 100;
/** How long a query may take before anybody asks whether the database is there at all, in milliseconds. */
const PATIENCE_MS = 350;
/** How long the database may take to answer that, in milliseconds. */
const ANSWER_MS = 600;
/**
 * How long nothing at all must have been answered, in milliseconds: a machine that is busy beyond measure is slow, too,
 * and not gone.
 */
const SILENCE_MS = 3_000;

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
export class DatabaseWatchdog {
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;
  #connection: Promise<pg.Client> | undefined;
  #isAsking = false;
  #isGone = false;
  #lastSign = 0;
  #lastLook = 0;
  /** How long this process was kept from looking: what it did not hear then, it could not have heard. */
  #asleepMs = 0;

  constructor(private readonly connectionString: string) {}

  /** Calls back when the database is gone, unless the returned function is called before: that it is answered. */
  watch(onDead: () => void): () => void {
    if (this.#timer === undefined) {
      this.#lastLook = performance.now();
      this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
    }
    const waiting = { since: this.#awakeMs(), onDead };
    this.#waiting.add(waiting);
    return () => {
      if (this.#waiting.delete(waiting)) this.#lastSign = this.#awakeMs();
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#drop();
  }

  #awakeMs(): number {
    return performance.now() - this.#asleepMs;
  }

  #look(): void {
    const late = performance.now() - this.#lastLook - LOOK_MS;
    if (late > LOOK_MS) this.#asleepMs += late;
    this.#lastLook = performance.now();
    if (this.#waiting.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const patience = this.#isGone ? 0 : PATIENCE_MS;
    const isLong = ({ since }: Waiting): boolean => this.#awakeMs() - since >= patience;
    const waiting = [...this.#waiting].filter(isLong);
    if (waiting.length > 0 && !this.#isAsking) void this.#ask(waiting);
  }

  async #ask(waiting: readonly Waiting[]): Promise<void> {
    this.#isAsking = true;
    const askedAt = performance.now();
    // Before anybody waited there was nothing to answer.
    this.#lastSign = Math.max(this.#lastSign, Math.min(...waiting.map(({ since }) => since)));
    try {
      await this.#beat();
      this.#lastSign = this.#awakeMs();
      this.#isGone = false;
    } catch {
      // When this process was busy itself, the answer may lie unread: it asks again.
      if (performance.now() - askedAt > 2 * ANSWER_MS + LOOK_MS) return;
      if (!this.#isGone && this.#awakeMs() - this.#lastSign < SILENCE_MS) return;
      this.#isGone = true;
      this.#drop();
      for (const each of waiting) if (this.#waiting.delete(each)) each.onDead();
    } finally {
      this.#isAsking = false;
    }
  }

  /** Asks on one connection for as long as it may still answer: making a new one is what takes a busy machine longest. */
  async #beat(): Promise<void> {
    this.#connection ??= this.#connect();
    const client = await within(this.#connection);
    await within(client.query('SELECT 1'));
  }

  async #connect(): Promise<pg.Client> {
    const client = openClient(this.connectionString);
    client.on('error', () => this.#drop());
    try {
      await client.connect();
      return client;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.then((client) => client.end()).catch(() => undefined);
  }
}

/** Gives up waiting for an answer, not the question. */
async function within<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The database does not answer.')), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
