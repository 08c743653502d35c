import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgRole,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { bulkhead, ownerColumn, ownerPolicy } from './ownership.ts';

/** The login under which agents' own SQL runs. */
const queryRole = pgRole('bulkhead_query').existing();
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 });

/** Tables that users uploaded. What they are called and what their columns mean is data, not catalog. */
export const tables = bulkhead.table(
  'tables',
  {
    tableId: uuid('table_id').primaryKey(),
    userId: ownerColumn().references(() => accounts.userId, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** In the order of the cells: name, header and type of each column. */
    columns: jsonb('columns').notNull(),
    rowCount: integer('row_count').notNull(),
    byteCount: bigint('byte_count', { mode: 'number' }).notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('tables_owner').on(table.tableId, table.userId),
    unique('tables_name').on(table.userId, table.name),
    ownerPolicy(),
  ],
);

/** Their rows. An agent's query sees those of the user whom its connection was granted to, and nothing else. */
export const tableRows = bulkhead.table(
  'table_rows',
  {
    tableId: uuid('table_id').notNull(),
    userId: ownerColumn(),
    cells: text('cells').array().notNull(),
  },
  (table) => [
    index('table_rows_table').on(table.tableId, table.userId),
    foreignKey({
      name: 'table_rows_table_owner',
      columns: [table.tableId, table.userId],
      foreignColumns: [tables.tableId, tables.userId],
    }).onDelete('cascade'),
    ownerPolicy(),
    pgPolicy('granted_query', {
      for: 'select',
      to: queryRole,
      using: sql`user_id = (select g.user_id from bulkhead.query_grants g)`,
    }),
  ],
);

/**
 * Whose rows a query's transaction may read: named by its connection and its beginning, neither of which SQL can
 * change. Written in the name of that user, by another connection; a transaction sees its own grant only.
 */
export const queryGrants = bulkhead.table(
  'query_grants',
  {
    userId: ownerColumn().references(() => accounts.userId, { onDelete: 'cascade' }),
    backendPid: integer('backend_pid').notNull(),
    /** To the microsecond, as `now()` tells it within the transaction. */
    beganAt: timestamp('began_at', { withTimezone: true, mode: 'string' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.backendPid, table.beganAt] }),
    index('query_grants_user').on(table.userId),
    ownerPolicy(),
    pgPolicy('own_transaction', {
      for: 'select',
      to: queryRole,
      using: sql`backend_pid = pg_backend_pid() and began_at = now()`,
    }),
  ],
);

/** How many tool calls a user made in the minute that began with the first of them, over all nodes. */
export const toolCallWindows = bulkhead.table(
  'tool_call_windows',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => accounts.userId, { onDelete: 'cascade' }),
    startedAt: instant('started_at').notNull(),
    calls: integer('calls').notNull(),
  },
  () => [ownerPolicy()],
);
