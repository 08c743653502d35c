import { bigint, index, integer, jsonb, primaryKey, text, timestamp, varchar } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { bulkhead, ownerColumn, ownerPolicy } from './ownership.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Counters of rate limits, as rate-limiter-flexible keeps them. Belongs to no user; counts before one is known. */
export const rateLimits = bulkhead.table('rate_limits', {
  key: varchar('key', { length: 255 }).primaryKey(),
  points: integer('points').notNull().default(0),
  /** Milliseconds since the epoch. */
  expire: bigint('expire', { mode: 'number' }),
});

/** Answers that were given under an idempotency key, stored with the effect itself. */
export const idempotencyKeys = bulkhead.table(
  'idempotency_keys',
  {
    userId: ownerColumn().references(() => accounts.userId, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    /** SHA-256 of what was asked; another request under the same key is refused. */
    fingerprint: text('fingerprint').notNull(),
    /** Null only within the transaction that has the effect. */
    answer: jsonb('answer'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index('idempotency_keys_age').on(table.userId, table.createdAt),
    ownerPolicy(),
  ],
);
