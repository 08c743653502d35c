import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountTransactions, signingKeys, type TransactionDatabase } from '@bulkhead/persistence';
import { desc, isNull, sql } from 'drizzle-orm';
import type { CryptoKey } from 'jose';
import { CLOCK_TOLERANCE_SECONDS } from './access-token.ts';
import { AUTH_OPTIONS, type AuthOptions } from './auth.options.ts';
import { generateSigningKey, importKey } from './signing-key.ts';

/** The key that signs at this moment. */
export interface CurrentKey {
  readonly keyId: string;
  readonly key: CryptoKey;
}

const READ_INTERVAL_MS = 1_000;
/** Any number that no other advisory lock of this database uses. */
const KEY_CREATION_LOCK = 7_265_115;

/**
 * The keys of access tokens, shared by all nodes through the database. What is cached here is only key material,
 * which never changes; which key signs and which still verifies is the database's answer each time.
 */
@Injectable()
export class SigningKeys implements OnModuleInit {
  #current: CurrentKey | undefined;
  #publicKeys: ReadonlyMap<string, CryptoKey> = new Map();
  #reading: Promise<void> | undefined;
  #nextRead: Promise<void> | undefined;
  #lastReadAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly transactions: AccountTransactions,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Makes the first key of a new installation, however many nodes start at once. */
  async onModuleInit(): Promise<void> {
    await this.transactions.run((db) => this.current(db));
  }

  /** The key to sign with, read in the caller's transaction. */
  async current(db: TransactionDatabase): Promise<CurrentKey> {
    const { keyId, privateJwk } = (await findCurrent(db)) ?? (await createFirst(db));
    if (this.#current?.keyId !== keyId) this.#current = { keyId, key: await importKey(privateJwk) };
    return this.#current;
  }

  /**
   * The public key to verify with; undefined when there is none of this id, or its time is over. For an unknown id
   * the keys are read again, because another node may have made it; at most once per second, so that made-up ids
   * cost the database nothing. Who asks in between waits for the next read.
   * @throws DatabaseUnavailableError
   */
  async publicKey(keyId: string): Promise<CryptoKey | undefined> {
    if (!this.#publicKeys.has(keyId)) await this.#reading;
    if (!this.#publicKeys.has(keyId)) await (this.#nextRead ??= this.#readWhenDue());
    return this.#publicKeys.get(keyId);
  }

  /** SQL that holds for a key that signs, or whose last token may not have expired yet. */
  get verifiesStill(): string {
    const seconds = this.options.accessTokenTtlSeconds + CLOCK_TOLERANCE_SECONDS;
    return `(signing_keys.retired_at IS NULL OR signing_keys.retired_at > now() - make_interval(secs => ${seconds}))`;
  }

  /**
   * Retires the current key and makes a new one, which every node signs with from its next sign-in on.
   * Tokens signed before stay good until they expire.
   * @returns the new key's id
   */
  async rotate(): Promise<string> {
    const fresh = await generateSigningKey();
    await this.transactions.run(async (db) => {
      await lockCreation(db);
      // Not now(), the transaction's start: it may have waited for the lock while the old key went on signing.
      await db
        .update(signingKeys)
        .set({ retiredAt: sql`clock_timestamp()` })
        .where(isNull(signingKeys.retiredAt));
      await db.insert(signingKeys).values(fresh);
    });
    return fresh.keyId;
  }

  async #readWhenDue(): Promise<void> {
    const wait = this.#lastReadAt + READ_INTERVAL_MS - performance.now();
    await sleep(Math.max(0, wait), undefined, { ref: false });
    // Who asks from now on may know of a key that this read does not see: they wait for the next one.
    this.#nextRead = undefined;
    this.#lastReadAt = performance.now();
    this.#reading = this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #read(): Promise<void> {
    const rows = await this.transactions.run((db) =>
      db.select().from(signingKeys).where(sql.raw(this.verifiesStill)),
    );
    const keys = rows.map(async ({ keyId, publicJwk }) => [keyId, await importKey(publicJwk)] as const);
    this.#publicKeys = new Map(await Promise.all(keys));
  }
}

const lockCreation = (db: TransactionDatabase) =>
  db.execute(sql`select pg_advisory_xact_lock(${KEY_CREATION_LOCK})`);

async function findCurrent(db: TransactionDatabase) {
  const rows = await db
    .select({ keyId: signingKeys.keyId, privateJwk: signingKeys.privateJwk })
    .from(signingKeys)
    .where(isNull(signingKeys.retiredAt))
    .orderBy(desc(signingKeys.createdAt))
    .limit(1);
  return rows[0];
}

async function createFirst(db: TransactionDatabase) {
  await lockCreation(db);
  // While this node waited for the lock, another may have made the key.
  const existing = await findCurrent(db);
  if (existing) return existing;
  const fresh = await generateSigningKey();
  await db.insert(signingKeys).values(fresh);
  return fresh;
}
