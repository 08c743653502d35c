import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { UserTransactions, type Statement } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { toStorableUuid } from '../log/postgres-json.ts';

/** How often what was delivered is written, in milliseconds; give or take a quarter, so that nodes don't meet. */
const FLUSH_MS = 5_000;

/** How far the owner's connections were sent each thread. Kept in memory and written now and then: one statement per user. */
@Injectable()
export class DeliveryCursors implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(DeliveryCursors.name);
  readonly #unwritten = new Map<string, { context: UserExecutionContext; seqs: Map<string, number> }>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(private readonly transactions: UserTransactions) {}

  onApplicationBootstrap(): void {
    if (this.#isClosed) return;
    const wait = FLUSH_MS * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => void this.flush().then(() => this.onApplicationBootstrap()), wait);
  }

  async onModuleDestroy(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.flush();
  }

  /** Everything up to `seq` was sent to one of the owner's connections. */
  delivered(context: UserExecutionContext, threadId: string, seq: number): void {
    const user = this.#unwritten.get(context.userId) ?? { context, seqs: new Map<string, number>() };
    this.#unwritten.set(context.userId, user);
    const id = toStorableUuid(threadId);
    user.seqs.set(id, Math.max(user.seqs.get(id) ?? 0, seq));
  }

  /** Writes what was delivered since the last time. What can't be written now is covered by what is delivered next. */
  async flush(): Promise<void> {
    const users = [...this.#unwritten.values()];
    this.#unwritten.clear();
    for (const { context, seqs } of users) {
      try {
        await this.transactions.statement(context, statementFor(seqs));
      } catch (error) {
        this.#logger.warn(`What was delivered could not be written: ${String(error)}`);
      }
    }
  }
}

const statementFor =
  (seqs: ReadonlyMap<string, number>): Statement =>
  (literal) => {
    const values = [...seqs].map(([id, seq]) => `(${literal(id)}::uuid, ${literal(seq)}::bigint)`);
    return `
      INSERT INTO bulkhead.acknowledgements AS stored (thread_id, user_id, delivered_seq)
      SELECT thread_id, user_id, seq FROM (VALUES ${values.join(', ')}) AS sent (id, seq)
        JOIN bulkhead.threads ON thread_id = id
      ON CONFLICT (thread_id) DO UPDATE SET delivered_seq = excluded.delivered_seq, delivered_at = now()
       WHERE stored.delivered_seq < excluded.delivered_seq`;
  };
