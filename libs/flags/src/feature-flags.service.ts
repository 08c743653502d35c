import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Database, FlagTransactions, NotificationChannel } from '@bulkhead/persistence';
import { FLAG_NAMES, FLAGS, hasExpired, type FlagName, type FlagValue } from './flag-catalogue.ts';
import { newestChanges } from './flag-changes.ts';

/** Says that a flag was changed; what it is now is read from the table. */
const CHANNEL = 'bulkhead_flags';

/** The flags as they are now, on every node within a moment of a change. Reading one costs a look into memory. */
@Injectable()
export class FeatureFlags implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger(FeatureFlags.name);
  readonly #channel: NotificationChannel;
  readonly #listeners = new Set<() => void>();
  #changed: ReadonlyMap<string, unknown> = new Map();
  #reading: Promise<void> = Promise.resolve();

  constructor(
    database: Database,
    private readonly transactions: FlagTransactions,
  ) {
    const read = (): void => void this.refresh();
    this.#channel = new NotificationChannel(database.pool, CHANNEL, {
      onNotification: read,
      onListening: read,
    });
  }

  /** Before anything asks for a flag. */
  async onModuleInit(): Promise<void> {
    for (const name of FLAG_NAMES) {
      if (hasExpired(FLAGS[name])) this.#logger.warn(`The flag ${name} has expired: remove it.`);
    }
    await this.#channel.open();
    await this.refresh();
  }

  onModuleDestroy(): void {
    this.#channel.close();
  }

  /** What holds now: what an administrator has chosen, as long as the flag has that value and has not expired. */
  value<Name extends FlagName>(name: Name): FlagValue<Name> {
    const flag = FLAGS[name];
    const chosen = hasExpired(flag)
      ? undefined
      : flag.values.find((value) => value === this.#changed.get(name));
    return chosen ?? flag.default;
  }

  /** Calls `listener` after each change of any flag, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells every node, this one included. */
  async announce(): Promise<void> {
    await this.refresh();
    await this.#channel.announce(['']);
  }

  /** Reads the flags anew, one reader at a time; while the database is away, what was known holds. */
  refresh(): Promise<void> {
    this.#reading = this.#reading
      .then(() => this.#read())
      .catch((error: unknown) => {
        this.#logger.warn(`The flags could not be read: ${String(error)}`);
      });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const rows = await this.transactions.run(({ db }) => newestChanges(db));
    const changed = new Map(rows.map(({ name, value }) => [name, value]));
    const isSame = FLAG_NAMES.every((name) => changed.get(name) === this.#changed.get(name));
    this.#changed = changed;
    if (!isSame) for (const listener of [...this.#listeners]) listener();
  }
}
