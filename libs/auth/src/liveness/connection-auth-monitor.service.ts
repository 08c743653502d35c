import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  AccountTransactions,
  Database,
  DatabaseUnavailableError,
  NotificationChannel,
} from '@bulkhead/persistence';
import { Identity } from '@bulkhead/user-context';
import { UnauthenticatedError } from '../auth.errors.ts';
import { mintIdentity } from '../identity-mint.ts';
import type { Permission } from '../permissions.ts';
import { TimerWheel } from './timer-wheel.ts';
import { isSameStanding, standingOf } from './session-standing.ts';
import { SessionWatch, type EndReason, type Watcher } from './session-watch.ts';

const CHANNEL = 'bulkhead_revocations';
/** Doubts that arise within this time are settled together, in milliseconds. */
const COALESCE_MS = 5;
/** When to ask again while the database is away, or while notifications are not heard. */
const RETRY_MS = 250;
/** How often every session is asked about, in case a notification was lost. */
const SWEEP_MS = 5_000;
/** How long a session may act while nobody can say whether it still may. */
const DOUBT_MS = 1_000;
/** Sessions that one query asks about. */
const BATCH = 1_000;

/**
 * Whether those who are connected still may be, kept current in memory: a check costs no query, and a revocation on
 * any node counts here within moments. Every change of rights is announced by the database itself, as a user's id;
 * the sessions of that user are then read again. What can't be confirmed for a second is refused.
 */
@Injectable()
export class ConnectionAuthMonitor implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(ConnectionAuthMonitor.name);
  readonly #watch = new SessionWatch();
  readonly #expiry = new TimerWheel<Watcher>((watcher) => this.#end(watcher, 'token_expired'));
  readonly #doubtful = new Set<string>();
  readonly #channel: NotificationChannel;
  #isListening = false;
  #isClosed = false;
  #reading: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(
    database: Database,
    private readonly transactions: AccountTransactions,
  ) {
    this.#channel = new NotificationChannel(database.pool, CHANNEL, {
      onNotification: (userId) => this.#doubt(this.#watch.sessionsOf(userId)),
      onListening: () => {
        this.#isListening = true;
        this.#doubt(this.#watch.sessionIds());
      },
      onLost: () => {
        this.#isListening = false;
        this.#doubt(this.#watch.sessionIds());
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#sweep = setInterval(() => this.#doubt(this.#watch.sessionIds()), SWEEP_MS).unref();
    await this.#channel.open();
  }

  onModuleDestroy(): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    clearTimeout(this.#reading);
    this.#expiry.stop();
    this.#channel.close();
  }

  /** Connections that are watched at this moment. */
  get watched(): number {
    return this.#watch.size;
  }

  /**
   * Holds an identity for as long as its connection is open; without it, `assertLive` refuses.
   * @param onEnd called at most once, when the connection must close: nothing it sends is good any more
   * @param needs what the connection is for; when a change of roles takes it away, the connection ends
   * @returns lets go
   */
  watch(
    identity: Identity,
    onEnd: (reason: EndReason) => void,
    needs: Permission = 'threads:own',
  ): () => void {
    const watcher: Watcher = { identity: Identity.verify(identity), onEnd, needs };
    // Something may have happened since the identity was given, when nobody was listening for it here.
    if (this.#watch.add(watcher)) this.#doubt([identity.sessionId]);
    this.#expiry.add(watcher, identity.expiresAt);
    return () => this.#forget(watcher);
  }

  /**
   * Passes for a watched identity that may act still. Costs no query.
   * @throws UnauthenticatedError when it has expired, was revoked, or is not watched
   * @throws DatabaseUnavailableError when nobody has been able to say so for a second
   */
  assertLive(identity: Identity): void {
    this.#liveSession(identity);
  }

  /**
   * The same identity with the roles and permissions that its user has by now.
   * @throws UnauthenticatedError, DatabaseUnavailableError as `assertLive` does
   */
  current(identity: Identity): Identity {
    const { standing } = this.#liveSession(identity);
    return isSameStanding(identity, standing) ? identity : mintIdentity({ ...identity, ...standing });
  }

  #liveSession(identity: Identity) {
    const session = Identity.verify(identity).isExpired() ? undefined : this.#watch.get(identity);
    if (!session) throw new UnauthenticatedError(new Error('The identity has expired or was revoked.'));
    if (performance.now() - session.doubtedAt > DOUBT_MS) {
      throw new DatabaseUnavailableError(new Error('Nobody can say whether the session may still act.'));
    }
    return session;
  }

  #doubt(sessionIds: Iterable<string>): void {
    for (const sessionId of sessionIds) {
      this.#watch.doubt(sessionId);
      this.#doubtful.add(sessionId);
    }
    if (this.#doubtful.size > 0) this.#readIn(COALESCE_MS);
  }

  #readIn(ms: number): void {
    if (!this.#isClosed) this.#reading ??= setTimeout(() => void this.#read(), ms).unref();
  }

  async #read(): Promise<void> {
    const batch = [...this.#doubtful].slice(0, BATCH);
    for (const sessionId of batch) this.#doubtful.delete(sessionId);
    const isSettled = await this.#settle(batch);
    this.#reading = undefined;
    // Without notifications nothing stays certain: whoever is connected is asked about over and over.
    const isCertain = isSettled && this.#isListening;
    if (!isCertain) for (const sessionId of this.#watch.sessionIds()) this.#doubtful.add(sessionId);
    if (this.#doubtful.size > 0) this.#readIn(isCertain ? COALESCE_MS : RETRY_MS);
  }

  async #settle(batch: readonly string[]): Promise<boolean> {
    const askedAt = performance.now();
    try {
      const standings = await this.transactions.run((db) => standingOf(db, batch));
      for (const sessionId of batch) {
        // A doubt that arose meanwhile stays, from the moment of this question on.
        const stays = this.#doubtful.has(sessionId);
        const ended = this.#watch.settle(sessionId, standings.get(sessionId), stays ? askedAt : Infinity);
        for (const [watcher, reason] of ended) this.#end(watcher, reason);
      }
      return true;
    } catch (error) {
      this.#logger.warn(`Nobody can say at the moment who may still act: ${String(error)}`);
      return false;
    }
  }

  #end(watcher: Watcher, reason: EndReason): void {
    this.#forget(watcher);
    try {
      watcher.onEnd(reason);
    } catch (error) {
      this.#logger.error({ err: error });
    }
  }

  #forget(watcher: Watcher): void {
    this.#watch.remove(watcher);
    this.#expiry.remove(watcher, watcher.identity.expiresAt);
  }
}
