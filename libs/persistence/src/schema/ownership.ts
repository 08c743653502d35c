import { sql } from 'drizzle-orm';
import { pgPolicy, pgRole, pgSchema, uuid } from 'drizzle-orm/pg-core';

/** Every table of the product. */
export const bulkhead = pgSchema('bulkhead');

/** Acts for one user at a time; sees that user's rows only. */
export const appRole = pgRole('bulkhead_app').existing();
/** Acts before a user is known: accounts, sessions and signing keys, nothing else. */
export const authRole = pgRole('bulkhead_auth').existing();
/** The durable engine: sees the queue, never what is queued. */
export const engineRole = pgRole('bulkhead_engine').existing();

/** The owner column of a user-owned table. */
export const ownerColumn = () => uuid('user_id').notNull();
/** Removes old events of any user; can read no content, and can delete nothing that a thread still offers. */
export const prunerRole = pgRole('bulkhead_pruner').existing();
/** Reads what an administrator may know of every user: columns that say nothing of what was said. */
export const adminRole = pgRole('bulkhead_admin').existing();

// Without the setting, current_setting() or the cast fails: a query outside a user's transaction is an error.
// The sub-select makes it a constant of the query instead of a call per row.
const isOwner = sql`user_id = (select current_setting('app.user_id')::uuid)`;

/** The policy of every user-owned table: the user in whose name the transaction runs, and nobody else. */
export const ownerPolicy = () =>
  pgPolicy('owner_only', { for: 'all', to: appRole, using: isOwner, withCheck: isOwner });

/** For the few tables that authentication reads before it knows the user. */
export const authenticatorPolicy = () =>
  pgPolicy('authenticator', { for: 'all', to: authRole, using: sql`true`, withCheck: sql`true` });

/** For the few tables that administrators may see columns of: which ones is in their rights. */
export const administratorPolicy = () =>
  pgPolicy('administrator', { for: 'select', to: adminRole, using: sql`true` });

/** For the few tables that the pruner finds old events in, without seeing what they say: see its column rights. */
export const prunerPolicy = (operation: 'select') =>
  pgPolicy(`pruner_${operation}`, { for: operation, to: prunerRole, using: sql`true` });

/** The pruner may say that a thread offers less: never less than its newest event, nor while a run is unfinished. */
export const prunerUpdatePolicy = () =>
  pgPolicy('pruner_update', {
    for: 'update',
    to: prunerRole,
    using: sql`true`,
    withCheck: sql`oldest_seq between 1 and greatest(last_seq, 1) and not exists (select from bulkhead.runs r where r.thread_id = threads.thread_id and r.state in ('queued', 'running', 'waiting'))`,
  });

/** For tables whose rows belong to a sequence of a thread: the pruner deletes what the thread no longer offers. */
export const prunedPolicy = (table: string) =>
  pgPolicy('pruner_delete', {
    for: 'delete',
    to: prunerRole,
    using: sql.raw(
      `seq < (select t.oldest_seq from bulkhead.threads t where t.thread_id = ${table}.thread_id)`,
    ),
  });

/** For the queue, which the engine serves to all users: ids, no content. */
export const enginePolicy = () =>
  pgPolicy('engine', { for: 'all', to: engineRole, using: sql`true`, withCheck: sql`true` });
