import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { authenticatorPolicy, bulkhead, ownerColumn, ownerPolicy } from './ownership.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/**
 * What happened, for compliance. Rows can be added and read, never changed; each user's form a chain. They outlive
 * the account, so nothing ties them to it. The nil UUID owns what nobody had signed in for.
 */
export const auditLog = bulkhead.table(
  'audit_log',
  {
    userId: ownerColumn(),
    auditId: uuid('audit_id').notNull(),
    at: instant('at').notNull().defaultNow(),
    action: text('action').notNull(),
    trail: jsonb('trail').notNull(),
    details: jsonb('details')
      .notNull()
      .default(sql`'{}'`),
    /** Position in the user's chain: 1, 2, 3 … without holes. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** Names the key of `mac`; empty for rows from before there was one. */
    keyId: text('key_id').notNull(),
    /** Over the row's content, made with a key that the database does not have. Hexadecimal. */
    mac: text('mac').notNull(),
    /** SHA-256 over the hash of the row before and this row. Hexadecimal. */
    hash: text('hash').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.auditId] }),
    unique('audit_log_chain').on(table.userId, table.seq),
    index('audit_log_newest').on(table.at, table.auditId),
    index('audit_log_violations')
      .on(table.at)
      .where(sql`action = 'isolation.violated'`),
    ownerPolicy(),
    authenticatorPolicy(),
  ],
);

/** The end of each user's chain. Its lock puts the user's rows in one order. */
export const auditHeads = bulkhead.table(
  'audit_heads',
  {
    userId: ownerColumn().primaryKey(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
  },
  () => [ownerPolicy(), authenticatorPolicy()],
);

/**
 * What the chains were at some moment, signed with a key that the database does not have; the seals are a chain
 * themselves. Nobody who can write to the database can give a chain another past.
 */
export const auditSeals = bulkhead.table(
  'audit_seals',
  {
    sealNo: bigint('seal_no', { mode: 'number' }).primaryKey(),
    userId: ownerColumn(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
    /** `first` for a chain that is older than the seals, otherwise `pass`. */
    kind: text('kind', { enum: ['first', 'pass'] }).notNull(),
    /** Ids of the rows since the chain's seal before, in order; empty in seals from before they were written down. */
    rows: uuid('rows').array().notNull().default([]),
    keyId: text('key_id').notNull(),
    mac: text('mac').notNull(),
    sealedAt: instant('sealed_at').notNull().defaultNow(),
  },
  (table) => [unique('audit_seals_chain').on(table.userId, table.seq), ownerPolicy(), authenticatorPolicy()],
);
