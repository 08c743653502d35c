import { AppError } from '@bulkhead/errors';
import { and, eq, lt, sql } from 'drizzle-orm';
import { idempotencyKeys } from '../schema/index.ts';
import type { TransactionDatabase } from '../transactions/transaction.ts';

/** What has an effect once, however often it is asked for under the same key. */
export interface Once {
  /** The caller's own name for the request, unique among their requests of a day. */
  readonly key: string;
  /** SHA-256 of what is asked for: the same key must ask for the same. */
  readonly fingerprint: string;
}

/** The key was used for something else. */
export class IdempotencyKeyReusedError extends AppError {
  readonly code = 'idempotency_key_reused';
  readonly kind = 'mismatch';

  constructor() {
    super('This idempotency key was used for another request. Use a new one for each request.', {
      field: 'idempotency-key',
    });
  }
}

/** How long an answer is kept. */
const KEPT = sql`now() - interval '24 hours'`;

/**
 * Does the work under a key, or gives the answer that it had before: key, answer and effect are one transaction. Who
 * comes while the first is at work waits for it.
 * @throws IdempotencyKeyReusedError
 */
export async function doOnce<R>(
  db: TransactionDatabase,
  userId: string,
  { key, fingerprint }: Once,
  work: () => Promise<R>,
): Promise<R> {
  const isKey = and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key));
  await db
    .delete(idempotencyKeys)
    .where(and(eq(idempotencyKeys.userId, userId), lt(idempotencyKeys.createdAt, KEPT)));
  const { rowCount } = await db
    .insert(idempotencyKeys)
    .values({ userId, key, fingerprint })
    .onConflictDoNothing();
  if (rowCount === 1) {
    const answer = await work();
    await db
      .update(idempotencyKeys)
      // As text: PostgreSQL would give back its fields in another order.
      .set({ answer: { json: JSON.stringify(answer) } })
      .where(isKey);
    return answer;
  }
  const [known] = await db
    .select({ fingerprint: idempotencyKeys.fingerprint, answer: idempotencyKeys.answer })
    .from(idempotencyKeys)
    .where(isKey);
  if (known?.fingerprint !== fingerprint) throw new IdempotencyKeyReusedError();
  return JSON.parse((known.answer as { json: string }).json) as R;
}
