import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AccountTransactions } from '@bulkhead/persistence';
import { sql, type SQL } from 'drizzle-orm';

const INTERVAL_MS = 3_600_000;
/** Rows that one transaction removes: nobody waits for it. */
const BATCH = 500;

/** How many rows were removed. */
export interface Pruned {
  readonly sessions: number;
  readonly signingKeys: number;
}

/**
 * Removes what is over: sessions a week after their end, with their refresh tokens and API keys (runs that they have
 * started may still wait for their turn until then), and signing keys a week after they retired. In small batches,
 * once an hour, on whichever node gets there first. A provider's sign-in that was ended here is kept with its account:
 * the provider may go on issuing tokens for it, and none of them may open it again.
 */
@Injectable()
export class AuthRetention implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(AuthRetention.name);
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly transactions: AccountTransactions) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.prune().catch((error: unknown) => this.#logger.warn(`Nothing was pruned: ${String(error)}`));
    }, INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async prune(): Promise<Pruned> {
    return {
      sessions: await this.#removeAll(
        sql`delete from bulkhead.sessions where session_id in (
          select session_id from bulkhead.sessions
           where least(expires_at, revoked_at) < now() - interval '7 days'
             and not (kind = 'provider' and revoked_at is not null) limit ${BATCH} for update skip locked)`,
      ),
      signingKeys: await this.#removeAll(
        sql`delete from bulkhead.signing_keys where key_id in (
          select key_id from bulkhead.signing_keys
           where retired_at < now() - interval '7 days' limit ${BATCH} for update skip locked)`,
      ),
    };
  }

  async #removeAll(batch: SQL): Promise<number> {
    let removed = 0;
    for (;;) {
      const { rowCount } = await this.transactions.run((db) => db.execute(batch));
      removed += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH) return removed;
    }
  }
}
