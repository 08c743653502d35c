import { createHmac } from 'node:crypto';
import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';

/** Logins that the server makes for itself, each with the least it needs. */
export interface Logins {
  /** May become `bulkhead_app`, `bulkhead_auth`, `bulkhead_pruner`, `bulkhead_admin` or `bulkhead_engine` within a transaction; has no right of its own. */
  readonly serverUrl: string;
  /** Owns the durable engine's schema, and can't see the product's tables. */
  readonly engineUrl: string;
  /** Runs SQL that agents wrote: is a member of nothing, and sees the rows that were granted to its transaction. */
  readonly queryUrl: string;
}

const groupRoles = [
  'bulkhead_owner',
  'bulkhead_app',
  'bulkhead_auth',
  'bulkhead_pruner',
  'bulkhead_admin',
] as const;
/** What bounds an agent's SQL even if it were to change its session. Only a superuser may set them. */
const queryBounds = ['track_activities = off', "temp_file_limit = '512MB'"] as const;
const safeAttributes = 'NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT';

/** @throws DatabaseSetupError when the URL has no password */
export function passwordOf(adminUrl: string): string {
  const { password } = new URL(adminUrl);
  if (password) return decodeURIComponent(password);
  throw new DatabaseSetupError('DATABASE_URL needs a password: the server derives its own logins from it.');
}

/**
 * Makes the roles, once per cluster. Their passwords are derived from that of `adminUrl`, so that every node with
 * the same DATABASE_URL logs in without a second secret to hand around.
 * @throws DatabaseSetupError when the URL has no password
 */
export async function ensureRoles(admin: pg.Client, adminUrl: string): Promise<Logins> {
  const secret = passwordOf(adminUrl);
  for (const role of groupRoles) await ensureRole(admin, role, 'NOLOGIN');
  const loginAs = async (role: string): Promise<string> => {
    const password = createHmac('sha256', secret).update(role).digest('hex');
    await ensureRole(admin, role, `LOGIN PASSWORD ${admin.escapeLiteral(password)}`);
    return Object.assign(new URL(adminUrl), { username: role, password }).toString();
  };
  const serverUrl = await loginAs('bulkhead_login');
  const engineUrl = await loginAs('bulkhead_engine');
  const queryUrl = await loginAs('bulkhead_query');
  await boundQueries(admin);
  await admin.query(
    'GRANT bulkhead_app, bulkhead_auth, bulkhead_pruner, bulkhead_admin, bulkhead_engine TO bulkhead_login',
  );
  await admin.query('GRANT bulkhead_owner, bulkhead_engine TO CURRENT_USER');
  const { rows } = await admin.query<{ name: string }>('SELECT quote_ident(current_database()) AS name');
  const database = rows[0]?.name ?? '';
  await admin.query(
    `GRANT CONNECT ON DATABASE ${database} TO bulkhead_login, bulkhead_engine, bulkhead_query`,
  );
  await admin.query(`GRANT CREATE ON DATABASE ${database} TO bulkhead_owner, bulkhead_engine`);
  return { serverUrl, engineUrl, queryUrl };
}

async function ensureRole(admin: pg.Client, role: string, login: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await admin.query(`CREATE ROLE ${role} ${safeAttributes} ${login}`);
  else if (login !== 'NOLOGIN') await admin.query(`ALTER ROLE ${role} ${login}`);
}

async function boundQueries(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ is_superuser: string }>('SHOW is_superuser');
  if (rows[0]?.is_superuser !== 'on') return;
  for (const bound of queryBounds) await admin.query(`ALTER ROLE bulkhead_query SET ${bound}`);
}
