import { createHash, createHmac } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { sqlStateOf } from '../sql/sql-state.ts';
import { openClient } from './connections.ts';
import type { RoleNames } from './role-names.ts';

/** Logins that the server makes for itself, each with the least it needs. */
export interface Logins {
  /** May take the roles of users, the authenticator, the pruner, administrators and the queue within a transaction; has no right of its own. */
  readonly serverUrl: string;
  /** Has the queue, and can't see the product's other tables. */
  readonly engineUrl: string;
  /** Runs SQL that agents wrote, and sees the rows that were granted to its transaction. */
  readonly queryUrl: string;
}

/** What passwords of logins are made from: the first makes new ones, the others may still be in use. */
export type LoginSecrets = readonly [current: string, ...previous: string[]];

export const loginPurposes = ['login', 'engine', 'query'] as const;
export type LoginPurpose = (typeof loginPurposes)[number];

/** A login, and what is to be done before it can be used. */
export interface PlannedLogin {
  readonly purpose: LoginPurpose;
  readonly role: string;
  readonly password: string;
  readonly action: 'keep' | 'create' | 'change';
}

/** How long a login whose password is another must be unused before it gets this node's, in milliseconds. */
const UNUSED_MS = 3_000;
const LOOK_MS = 500;
const INVALID_PASSWORD = '28P01';

export const passwordFor = (role: string, secret: string): string =>
  createHmac('sha256', secret).update(role).digest('hex');

/**
 * How this node logs in for a purpose. A password is changed only where it fits no secret of this node and nobody is
 * connected with it: nodes with another secret, before or after a change of it, keep working on a login of their own.
 */
export async function planLogin(
  admin: pg.ClientBase,
  adminUrl: string,
  purpose: LoginPurpose,
  roles: RoleNames,
  [current, ...previous]: LoginSecrets,
  areInUse: () => Promise<boolean>,
): Promise<PlannedLogin> {
  const role = roles[purpose];
  const own = { purpose, role, password: passwordFor(role, current) };
  if (!(await exists(admin, role))) return { ...own, action: 'create' };
  if (await fits(adminUrl, role, own.password)) return { ...own, action: 'keep' };
  if (!(await areInUse())) return { ...own, action: 'change' };
  for (const secret of previous) {
    const password = passwordFor(role, secret);
    if (await fits(adminUrl, role, password)) return { ...own, password, action: 'keep' };
  }
  return planTwin(admin, adminUrl, own, current);
}

/** A member of the login that others use, for this node's secret. */
async function planTwin(
  admin: pg.ClientBase,
  adminUrl: string,
  { purpose, role }: Pick<PlannedLogin, 'purpose' | 'role'>,
  secret: string,
): Promise<PlannedLogin> {
  const twin = `${role}_${createHash('sha256').update('login').update(secret).digest('hex').slice(0, 8)}`;
  const password = passwordFor(twin, secret);
  if (!(await exists(admin, twin))) return { purpose, role: twin, password, action: 'create' };
  const action = (await fits(adminUrl, twin, password)) ? 'keep' : 'change';
  return { purpose, role: twin, password, action };
}

/** Logins of other secrets that nobody is connected with any more. */
export async function unusedTwins(
  admin: pg.ClientBase,
  roles: RoleNames,
  used: readonly string[],
): Promise<string[]> {
  const { rows } = await admin.query<{ rolname: string }>(
    'SELECT rolname FROM pg_roles WHERE rolname ~ $1 AND rolname <> ALL ($2)',
    [`^${roles.prefix}_(login|engine|query)_[0-9a-f]{8}$`, used],
  );
  const twins = rows.map(({ rolname }) => rolname);
  return twins.length > 0 && !(await areConnected(admin, twins)) ? twins : [];
}

export const urlOf = (adminUrl: string, { role, password }: PlannedLogin): string =>
  Object.assign(new URL(adminUrl), { username: role, password }).toString();

async function exists(admin: pg.ClientBase, role: string): Promise<boolean> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  return rowCount === 1;
}

/** What is said when a login can't be used although its password is right. */
export const notLetIn = (role: string, cause?: unknown): DatabaseSetupError =>
  new DatabaseSetupError(
    `The server's own login ${role} is not let in${cause instanceof Error ? ` (${cause.message})` : ''}. A pooler in front of the database must know it: set auth_query in PgBouncer (docs/operations.md). Without one, see pg_hba.conf.`,
    { cause },
  );

/** @throws DatabaseSetupError for whatever else keeps the login out: that is no question of its password */
export async function fits(adminUrl: string, role: string, password: string): Promise<boolean> {
  const url = Object.assign(new URL(adminUrl), { username: role, password }).href;
  const client = openClient(url, { connectionTimeoutMillis: UNUSED_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (sqlStateOf(error) === INVALID_PASSWORD) return false;
    throw notLetIn(role, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Whether anybody is connected as one of these. A node that has just lost its connections comes back within a moment:
 * it is looked for a while.
 */
export async function areConnected(admin: pg.ClientBase, roles: readonly string[]): Promise<boolean> {
  for (const deadline = Date.now() + UNUSED_MS; ;) {
    const { rowCount } = await admin.query('SELECT FROM pg_stat_activity WHERE usename = ANY ($1) LIMIT 1', [
      roles,
    ]);
    if (rowCount === 1) return true;
    if (Date.now() >= deadline) return false;
    await delay(LOOK_MS);
  }
}
