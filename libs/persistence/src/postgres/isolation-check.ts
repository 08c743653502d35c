import type pg from 'pg';
import { DEFAULT_PREFIX, rolesWith, withPrefix, type RoleNames } from './role-names.ts';

/** Tables that authentication may touch before it knows the user; figures and records, which hold no content. */
const authTables = [
  ...['accounts', 'sessions', 'refresh_tokens', 'api_keys', 'removed_subjects', 'signing_keys', 'usage_days'],
  ...['user_quotas', 'audit_log', 'audit_heads', 'audit_seals', 'rate_limits'],
];

/** All that the pruner may read, change and delete: nothing of what users or agents wrote. */
const prunerRights = [
  ...['threads.thread_id SELECT', 'threads.last_seq SELECT'],
  ...['threads.oldest_seq SELECT', 'threads.oldest_seq UPDATE'],
  ...['threads.keep_events SELECT', 'threads.keep_event_days SELECT'],
  ...['runs.thread_id SELECT', 'runs.state SELECT'],
  ...['events.thread_id SELECT', 'events.seq SELECT', 'events.at SELECT', 'events DELETE'],
  ...['tool_results.thread_id SELECT', 'tool_results.seq SELECT', 'tool_results DELETE'],
];

const select = (table: string, ...columns: readonly string[]): string[] =>
  columns.map((column) => `${table}.${column} SELECT`);

/** All that an administrator may read of every user: nothing of what users or agents wrote, and no secret. */
const adminRights = [
  ...select('accounts', 'user_id', 'issuer', 'email', 'display_name', 'roles', 'disabled_at', 'created_at'),
  ...select('sessions', 'session_id', 'user_id', 'kind', 'user_agent', 'created_at', 'last_used_at'),
  ...select('sessions', 'expires_at', 'revoked_at', 'revoked_reason'),
  ...select('runs', 'run_id', 'user_id', 'thread_id', 'session_id', 'agent_name', 'state', 'steps'),
  ...select(
    'runs',
    'tool_calls',
    'input_tokens',
    'output_tokens',
    'cost_nano',
    'created_at',
    'started_at',
    'finished_at',
  ),
  ...select(
    'usage_days',
    'user_id',
    'day',
    'agent_name',
    'model',
    'model_calls',
    'tool_calls',
    'input_tokens',
  ),
  ...select('usage_days', 'output_tokens', 'cost_nano', 'estimated_calls', 'unpriced_calls'),
];

/** Roles whose policies are wide: their rights are counted column by column. */
const countedRights: Readonly<Record<string, readonly string[]>> = {
  bulkhead_pruner: prunerRights,
  bulkhead_admin: adminRights,
};

/** What the pruner may delete, as the catalog prints it: what the thread no longer offers. */
const isNoLongerOffered = (expression: string): string =>
  `${expression} = format('(seq < ( SELECT t.oldest_seq FROM bulkhead.threads t WHERE (t.thread_id = %s.thread_id)))', tablename)`;

/** Tables of the durable engine, which serves all users: the queue, with ids and no content. */
const engineTables = ['run_queue', 'run_limits', 'nodes', 'flag_changes'];

/** The owner policy as the catalog prints it: nothing may be added to it. */
const isOwnerOnly = (expression: string): string =>
  `${expression} = '(user_id = ( SELECT (current_setting(''app.user_id''::text))::uuid AS current_setting))'`;

/** What an agent's SQL may read, by the policies as the catalog prints them: nothing may be added to these either. */
const isQueryPolicy = `roles = '{bulkhead_query}' AND cmd = 'SELECT' AND (
  tablename = 'query_grants' AND qual = '((backend_pid = pg_backend_pid()) AND (began_at = now()))' OR
  tablename = 'table_rows' AND qual = E'(user_id = ( SELECT g.user_id\\n   FROM bulkhead.query_grants g))')`;

/** Finds every right that a role has beyond those that are counted, in any schema. */
const uncountedRights = (role: string): string =>
  `SELECT format('%s: ${role} may %s', place, lower(privilege_type)) FROM (
     SELECT table_schema, table_name || '.' || column_name AS place, privilege_type
       FROM information_schema.column_privileges WHERE grantee = '${role}'
      UNION
     SELECT table_schema, table_name, privilege_type
       FROM information_schema.table_privileges WHERE grantee = '${role}') AS held
    WHERE NOT (table_schema = 'bulkhead' AND place || ' ' || privilege_type = ANY ($1))`;

/** Each query yields one sentence per defect; all read the catalog, so they hold for tables yet to be written. */
const checks: readonly string[] = [
  // A table with an owner column must have row-level security that binds even its owner.
  `SELECT format('%s.%s: row-level security is not forced', n.nspname, c.relname)
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped
    WHERE n.nspname = 'bulkhead' AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,

  // … and the owner policy for the app's role, for reading and writing alike.
  `SELECT format('%s.%s: no owner policy for bulkhead_app', n.nspname, c.relname)
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped
    WHERE n.nspname = 'bulkhead' AND c.relkind IN ('r', 'p') AND NOT EXISTS (
      SELECT FROM pg_policies p WHERE p.schemaname = n.nspname AND p.tablename = c.relname AND p.cmd = 'ALL'
         AND p.roles = '{bulkhead_app}' AND ${isOwnerOnly('p.qual')} AND ${isOwnerOnly('p.with_check')})`,

  // Policies are joined with OR: one that is wider than the owner's opens the table.
  `SELECT format('%s.%s: policy %s lets others in', schemaname, tablename, policyname)
     FROM pg_policies
    WHERE permissive = 'PERMISSIVE' AND schemaname = 'bulkhead'
      AND NOT (roles = '{bulkhead_app}' AND ${isOwnerOnly('qual')} AND ${isOwnerOnly('coalesce(with_check, qual)')})
      AND NOT (roles = '{bulkhead_auth}' AND tablename = ANY ($1))
      AND NOT (roles = '{bulkhead_engine}' AND tablename = ANY ($2))
      AND NOT (roles = '{bulkhead_pruner}' AND cmd = 'SELECT')
      AND NOT (roles = '{bulkhead_pruner}' AND cmd = 'UPDATE' AND with_check LIKE '%oldest_seq%last_seq%EXISTS%')
      AND NOT (roles = '{bulkhead_admin}' AND cmd = 'SELECT')
      AND NOT (roles = '{bulkhead_pruner}' AND cmd = 'DELETE'
               AND ${isNoLongerOffered("regexp_replace(qual, '\\s+', ' ', 'g')")})
      AND NOT (${isQueryPolicy})`,

  // The app's role must not reach a table that has no owner, in any schema.
  `SELECT DISTINCT format('%s.%s: %s has rights on a table without an owner', t.table_schema, t.table_name, t.grantee)
     FROM information_schema.column_privileges t
    WHERE t.grantee IN ('bulkhead_app', 'bulkhead_login', 'PUBLIC')
      AND t.table_schema NOT IN ('pg_catalog', 'information_schema')
      AND NOT (t.grantee = 'bulkhead_app' AND EXISTS (
        SELECT FROM information_schema.columns c
         WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'user_id'))`,

  // The authenticator reaches its own tables and no others.
  `SELECT DISTINCT format('%s.%s: bulkhead_auth has rights here', t.table_schema, t.table_name)
     FROM information_schema.column_privileges t
    WHERE t.grantee = 'bulkhead_auth' AND NOT (t.table_schema = 'bulkhead' AND t.table_name = ANY ($1))`,

  // So does the durable engine.
  `SELECT DISTINCT format('%s.%s: bulkhead_engine has rights here', t.table_schema, t.table_name)
     FROM information_schema.column_privileges t
    WHERE t.grantee = 'bulkhead_engine' AND t.table_schema = 'bulkhead' AND NOT t.table_name = ANY ($2)`,

  // SQL that agents wrote reads the uploaded rows and its own grant; it changes nothing, and calls nothing of ours.
  `SELECT DISTINCT format('%s.%s: bulkhead_query may %s', t.table_schema, t.table_name, lower(t.privilege_type))
     FROM information_schema.column_privileges t
    WHERE t.grantee = 'bulkhead_query' AND NOT (t.table_schema = 'bulkhead' AND t.privilege_type = 'SELECT'
      AND t.table_name IN ('table_rows', 'query_grants'))`,
  `SELECT format('%s.%s: bulkhead_query may execute it with its owner''s rights', n.nspname, p.proname)
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND has_schema_privilege('bulkhead_query', n.oid, 'USAGE')
      AND has_function_privilege('bulkhead_query', p.oid, 'EXECUTE')`,

  // History is not rewritten, by no role of the server, and not by column either.
  `SELECT DISTINCT format('%s: %s may %s', table_name, grantee, lower(privilege_type))
     FROM (SELECT table_schema, table_name, grantee, privilege_type FROM information_schema.table_privileges
           UNION SELECT table_schema, table_name, grantee, privilege_type FROM information_schema.column_privileges) t
    WHERE grantee IN ('bulkhead_app', 'bulkhead_auth', 'bulkhead_login', 'bulkhead_engine', 'bulkhead_query', 'PUBLIC')
      AND table_schema = 'bulkhead' AND table_name IN ('audit_log', 'audit_seals', 'events', 'messages', 'tool_results', 'flag_changes')
      AND privilege_type NOT IN ('SELECT', 'INSERT')`,

  // No role of the server can step out of row-level security, or become one that can.
  `SELECT format('role %s can bypass row-level security', rolname)
     FROM pg_roles
    WHERE rolname IN ('bulkhead_login', 'bulkhead_app', 'bulkhead_auth', 'bulkhead_pruner', 'bulkhead_admin', 'bulkhead_engine', 'bulkhead_query', 'bulkhead_owner')
      AND (rolsuper OR rolbypassrls OR rolcreaterole)`,
  // A login of another secret is a member of the one whose place it takes, and of nothing else.
  `SELECT format('role %s is a member of %s', m.rolname, g.rolname)
     FROM pg_auth_members am JOIN pg_roles m ON m.oid = am.member JOIN pg_roles g ON g.oid = am.roleid
    WHERE (m.rolname IN ('bulkhead_login', 'bulkhead_app', 'bulkhead_auth', 'bulkhead_pruner', 'bulkhead_admin', 'bulkhead_engine', 'bulkhead_query')
           OR m.rolname ~ ('^' || 'bulkhead_login' || '_[0-9a-f]{8}$|^' || 'bulkhead_engine' || '_[0-9a-f]{8}$|^' || 'bulkhead_query' || '_[0-9a-f]{8}$'))
      AND NOT (m.rolname = 'bulkhead_login' AND g.rolname IN ('bulkhead_app', 'bulkhead_auth', 'bulkhead_pruner', 'bulkhead_admin', 'bulkhead_engine'))
      AND NOT (g.rolname IN ('bulkhead_login', 'bulkhead_engine', 'bulkhead_query') AND m.rolname ~ ('^' || g.rolname || '_[0-9a-f]{8}$'))`,

  // Temporary tables and schemas are for the owner of the tables.
  `SELECT format('role %s may create in the database', r.rolname)
     FROM pg_roles r
    WHERE r.rolname IN ('bulkhead_login', 'bulkhead_app', 'bulkhead_auth', 'bulkhead_pruner', 'bulkhead_admin', 'bulkhead_engine', 'bulkhead_query')
      AND has_database_privilege(r.oid, current_database(), 'CREATE')`,

  // Views and functions that run with their owner's rights see every row.
  `SELECT format('%s.%s: a view without security_invoker', n.nspname, c.relname)
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'bulkhead' AND (c.relkind = 'm' OR c.relkind = 'v'
      AND NOT coalesce(c.reloptions::text[] && '{security_invoker=true,security_invoker=on}', false))`,
  `SELECT format('%s.%s: a function with its owner''s rights', n.nspname, p.proname)
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'bulkhead' AND p.prosecdef`,
];

const arrayLiteral = (names: readonly string[]): string =>
  `'{${names.map((name) => `"${name}"`).join(',')}}'::text[]`;

/** Everything in the database's catalog that would let one user reach another's rows; empty when all is well. */
export async function findIsolationGaps(
  admin: pg.ClientBase,
  roles: RoleNames = rolesWith(DEFAULT_PREFIX),
): Promise<string[]> {
  const gaps: string[] = [];
  const look = async (check: string, known: readonly string[]): Promise<void> => {
    // A parameter that a query does not mention would be an error.
    const text = withPrefix(check, roles)
      .replaceAll('$1', arrayLiteral(known))
      .replaceAll('$2', arrayLiteral(engineTables));
    const { rows } = await admin.query<[string]>({ text, rowMode: 'array' });
    gaps.push(...rows.map(([gap]) => gap));
  };
  for (const check of checks) await look(check, authTables);
  for (const [role, rights] of Object.entries(countedRights)) await look(uncountedRights(role), rights);
  return gaps;
}
