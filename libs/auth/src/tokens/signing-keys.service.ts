import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AccountTransactions, signingKeys, type TransactionDatabase } from '@bulkhead/persistence';
import { desc, eq, isNull, sql } from 'drizzle-orm';
import type { CryptoKey } from 'jose';
import { CLOCK_TOLERANCE_SECONDS } from './access-token.ts';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';
import { generateSigningKey, importKey } from './signing-key.ts';
import { SigningKeyVault } from './signing-key-vault.service.ts';

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
  readonly #logger = new Logger(SigningKeys.name);
  #current: CurrentKey | undefined;
  #publicKeys: ReadonlyMap<string, CryptoKey> = new Map();
  #reading: Promise<void> | undefined;
  #nextRead: Promise<void> | undefined;
  #lastReadAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly transactions: AccountTransactions,
    private readonly vault: SigningKeyVault,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  /** Makes the first key of a new installation, however many nodes start at once; encrypts what is not yet. */
  async onModuleInit(): Promise<void> {
    await this.transactions.run(async (db) => {
      await lockCreation(db);
      await this.#encryptStored(db);
      await this.current(db);
    });
  }

  /** The newest key that this node can sign with, read in the caller's transaction; made if there is none. */
  async current(db: TransactionDatabase): Promise<CurrentKey> {
    const found = await this.#findCurrent(db);
    if (found) return (this.#current = found);
    await lockCreation(db);
    // While this node waited for the lock, another may have made the key.
    this.#current = (await this.#findCurrent(db)) ?? (await this.#create(db));
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
   * Retires the current keys and makes a new one, in the caller's transaction; from its commit on every node signs
   * with it. Tokens signed before stay good until they expire.
   * @param olderThanDays only when no key is as young as that; so of all nodes that ask at once, one does it
   * @returns the new key's id, or undefined when nothing was due
   */
  async rotate(db: TransactionDatabase, olderThanDays = 0): Promise<string | undefined> {
    await lockCreation(db);
    const age = sql`clock_timestamp() - make_interval(days => ${olderThanDays})`;
    const isYoung = sql`${signingKeys.retiredAt} is null and ${signingKeys.createdAt} > ${age}`;
    const young = await db.select({ keyId: signingKeys.keyId }).from(signingKeys).where(isYoung).limit(1);
    if (young.length > 0) return undefined;
    // Not now(), the transaction's start: it may have waited for the lock while the old key went on signing.
    await db
      .update(signingKeys)
      .set({ retiredAt: sql`clock_timestamp()` })
      .where(isNull(signingKeys.retiredAt));
    return (await this.#create(db)).keyId;
  }

  async #findCurrent(db: TransactionDatabase): Promise<CurrentKey | undefined> {
    const rows = await db
      .select({ keyId: signingKeys.keyId, privateJwk: signingKeys.privateJwk })
      .from(signingKeys)
      .where(isNull(signingKeys.retiredAt))
      .orderBy(desc(signingKeys.createdAt));
    for (const { keyId, privateJwk } of rows) {
      if (this.#current?.keyId === keyId) return this.#current;
      const jwk = await this.vault.open(privateJwk);
      if (jwk) return { keyId, key: await importKey(jwk) };
    }
    return undefined;
  }

  async #create(db: TransactionDatabase): Promise<CurrentKey> {
    const { privateJwk, ...fresh } = await generateSigningKey();
    await db
      .insert(signingKeys)
      .values({ ...fresh, privateJwk: await this.vault.seal(privateJwk), createdAt: sql`clock_timestamp()` });
    return { keyId: fresh.keyId, key: await importKey(privateJwk) };
  }

  /** Keys from before there was a secret, and those of a secret from before. */
  async #encryptStored(db: TransactionDatabase): Promise<void> {
    const rows = await db.select().from(signingKeys);
    let [plain, unreadable] = [0, 0];
    for (const { keyId, privateJwk } of rows) {
      if (this.vault.isCurrent(privateJwk)) continue;
      const jwk = await this.vault.open(privateJwk);
      if (!jwk) {
        unreadable += 1;
        continue;
      }
      if (typeof privateJwk !== 'string') plain += 1;
      const sealed = await this.vault.seal(jwk);
      await db.update(signingKeys).set({ privateJwk: sealed }).where(eq(signingKeys.keyId, keyId));
    }
    if (plain > 0) this.#logger.warn(texts.plain);
    if (unreadable > 0) this.#logger.warn(texts.unreadable);
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
      db
        .select({ keyId: signingKeys.keyId, publicJwk: signingKeys.publicJwk })
        .from(signingKeys)
        .where(sql.raw(this.verifiesStill)),
    );
    const keys = rows.map(async ({ keyId, publicJwk }) => [keyId, await importKey(publicJwk)] as const);
    this.#publicKeys = new Map(await Promise.all(keys));
  }
}

const texts = {
  plain:
    'Signing keys were stored in clear until now, and are encrypted from now on. Backups may have them still: rotate with POST /v1/admin/signing-keys/rotate.',
  unreadable:
    'A signing key was stored with a secret that is not known here: this node signs with another one. If that is not meant, give all nodes the same SIGNING_KEY_SECRET, and the one from before in SIGNING_KEY_PREVIOUS_SECRETS.',
} as const;

const lockCreation = (db: TransactionDatabase) =>
  db.execute(sql`select pg_advisory_xact_lock(${KEY_CREATION_LOCK})`);
