import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import type { PlannedLogin } from './logins.ts';
import type { RoleNames } from './role-names.ts';

const groups = ['owner', 'app', 'auth', 'pruner', 'admin'] as const;
/** Roles that the server's login takes within a transaction. */
const taken = ['app', 'auth', 'pruner', 'admin', 'engine'] as const;
const safeAttributes = 'NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT';

/**
 * How long a transaction may be without a statement. A process that was frozen in the middle of one would otherwise
 * keep its locks for as long, and whoever takes over its runs would wait for them. A setting of the login and no
 * startup parameter, which poolers refuse.
 */
const IDLE_TRANSACTION = ['idle_in_transaction_session_timeout', '10s'] as const;
const settingsOf = {
  login: [IDLE_TRANSACTION],
  engine: [IDLE_TRANSACTION],
  query: [['default_transaction_read_only', 'on']],
} as const;
/** What bounds an agent's SQL even if it were to change its session. Only a superuser may set them. */
const queryBounds = [
  ['track_activities', 'off'],
  ['temp_file_limit', '512MB'],
] as const;

/** @throws DatabaseSetupError when the URL has no password, or no user */
export function passwordOf(adminUrl: string): string {
  const { username, password } = new URL(adminUrl);
  if (username !== '' && password !== '') return decodeURIComponent(password);
  throw new DatabaseSetupError(
    'DATABASE_URL needs a user and a password: postgres://user:password@host:5432/name. The server derives its own logins from them.',
  );
}

/** Makes what is missing of an installation's roles, and gives each no more than it needs. Changes nothing that fits. */
export async function ensureRoles(
  admin: pg.ClientBase,
  roles: RoleNames,
  logins: readonly PlannedLogin[],
): Promise<void> {
  for (const group of groups) await createIfMissing(admin, roles[group]);
  // The roles that logins are members of, also when this node's own logins are others.
  for (const login of logins) await applyLogin(admin, roles, login);
  for (const group of taken) await join(admin, roles.login, roles[group]);
  await joinSelf(admin, roles.owner);
  // Migrations change rows as the role that sees them.
  for (const seer of ['engine', 'auth', 'pruner', 'admin', 'app'] as const)
    await joinSelf(admin, roles[seer]);
  await narrowDatabase(admin, roles);
}

async function createIfMissing(admin: pg.ClientBase, role: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await admin.query(`CREATE ROLE ${role} ${safeAttributes} NOLOGIN`);
}

async function applyLogin(
  admin: pg.ClientBase,
  roles: RoleNames,
  { purpose, role, password, action }: PlannedLogin,
): Promise<void> {
  const secret = `LOGIN PASSWORD '${password}'`;
  if (action === 'create') await admin.query(`CREATE ROLE ${role} ${safeAttributes} ${secret}`);
  if (action === 'change') await admin.query(`ALTER ROLE ${role} ${secret}`);
  if (role !== roles[purpose]) {
    // SQL of agents has the rights, and can't name the role: nothing it could take is wider.
    const canTake = purpose === 'query' ? 'FALSE' : 'TRUE';
    await join(admin, role, roles[purpose], `WITH INHERIT TRUE, SET ${canTake}`);
  }
  const { rows } = await admin.query<{ is_superuser: string; config: string[] | null }>(
    `SELECT current_setting('is_superuser') AS is_superuser, (SELECT rolconfig FROM pg_roles WHERE rolname = $1) AS config`,
    [role],
  );
  const { is_superuser: isSuperuser, config } = rows[0] ?? {};
  const bounds = purpose === 'query' && isSuperuser === 'on' ? queryBounds : [];
  for (const [name, value] of [...settingsOf[purpose], ...bounds]) {
    if (!config?.includes(`${name}=${value}`))
      await admin.query(`ALTER ROLE ${role} SET ${name} = '${value}'`);
  }
}

async function join(admin: pg.ClientBase, member: string, group: string, how = ''): Promise<void> {
  const { rowCount } = await admin.query(
    'SELECT FROM pg_auth_members WHERE member = $1::regrole AND roleid = $2::regrole LIMIT 1',
    [member, group],
  );
  if (rowCount === 0) await admin.query(`GRANT ${group} TO ${member} ${how}`);
}

async function joinSelf(admin: pg.ClientBase, group: string): Promise<void> {
  const { rows } = await admin.query<{ can: boolean }>('SELECT pg_has_role($1, $2) AS can', [group, 'SET']);
  if (rows[0]?.can !== true) await admin.query(`GRANT ${group} TO CURRENT_USER`);
}

/** Only the owner of the tables makes schemas here, and nobody temporary tables, which everybody may by default. */
async function narrowDatabase(admin: pg.ClientBase, roles: RoleNames): Promise<void> {
  const { rows } = await admin.query<Record<'name' | 'has_create' | 'has_connect' | 'is_wide', string>>(
    `SELECT quote_ident(current_database()) AS name,
            has_database_privilege($1, current_database(), 'CREATE')::text AS has_create,
            (has_database_privilege($2, current_database(), 'CONNECT')
             AND has_database_privilege($3, current_database(), 'CONNECT')
             AND has_database_privilege($4, current_database(), 'CONNECT'))::text AS has_connect,
            (has_database_privilege($4, current_database(), 'TEMP')
             OR has_database_privilege($3, current_database(), 'CREATE'))::text AS is_wide`,
    [roles.owner, roles.login, roles.engine, roles.query],
  );
  const { name, has_create: hasCreate, has_connect: hasConnect, is_wide: isWide } = rows[0]!;
  const logins = `${roles.login}, ${roles.engine}, ${roles.query}`;
  if (hasCreate !== 'true') await admin.query(`GRANT CREATE ON DATABASE ${name} TO ${roles.owner}`);
  if (hasConnect !== 'true') await admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${logins}`);
  if (isWide === 'true') {
    await admin.query(`REVOKE CREATE ON DATABASE ${name} FROM ${roles.engine}`);
    await admin.query(`REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
  }
}
