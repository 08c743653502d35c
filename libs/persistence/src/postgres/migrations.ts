import { fileURLToPath } from 'node:url';
import { PgDialect, type PgSession } from 'drizzle-orm/pg-core';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { sqlStateOf } from '../sql/sql-state.ts';
import { connectFirst } from './first-connection.ts';
import { rolesOf } from './installation.ts';
import { findIsolationGaps } from './isolation-check.ts';
import {
  areConnected,
  fits,
  loginPurposes,
  notLetIn,
  planLogin,
  unusedTwins,
  urlOf,
  type Logins,
  type LoginSecrets,
  type PlannedLogin,
} from './logins.ts';
import { checkRights, rolesOfAnother } from './rights-check.ts';
import { withPrefix, type RoleNames } from './role-names.ts';
import { ensureRoles, passwordOf } from './roles.ts';
import { checkServer } from './server-check.ts';
import { checkSessions } from './session-check.ts';

/** Any fixed number: nodes that start together take turns. */
const MIGRATION_LOCK = 0x6275_6c6b;
/** How long another node's migration is waited for. */
const LOCK_WAIT = '10min';
const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));
const DEFAULT_WAIT_MS = 30_000;
/** Another installation of the cluster took the name in the same moment. */
const NAME_TAKEN = /^(?:42710|23505)$/;
const ATTEMPTS = 3;

/** How an installation is told from others in the same cluster, and how its nodes log in. */
export interface InstallationOptions {
  /** What its roles' names begin with; absent: what they begin with already, or a free one. */
  readonly rolePrefix?: string;
  /** What the logins' passwords are made from; absent: the password of the URL. */
  readonly loginSecret?: string;
  /** Secrets before this one, which other nodes may still use. */
  readonly previousLoginSecrets?: readonly string[];
  /** How long a database that is away is waited for, in milliseconds. */
  readonly waitMs?: number;
}

/** A database that is ready for this node. */
export interface PreparedDatabase extends Logins {
  readonly roles: RoleNames;
}

/** What passwords of logins are made from, the one for new ones first. */
export function loginSecretsOf(adminUrl: string, options: InstallationOptions): LoginSecrets {
  const ofUrl = passwordOf(adminUrl);
  if (options.loginSecret === undefined) return [ofUrl, ...(options.previousLoginSecrets ?? [])];
  return [options.loginSecret, ...(options.previousLoginSecrets ?? []), ofUrl];
}

/**
 * Brings roles and tables up to date in one transaction, and refuses a database whose tables do not keep users apart:
 * what fails leaves nothing behind.
 * @throws DatabaseSetupError
 */
export async function migrateDatabase(
  adminUrl: string,
  options: InstallationOptions = {},
): Promise<PreparedDatabase> {
  // Before connecting, which fails without a password in words that help nobody.
  const secrets = loginSecretsOf(adminUrl, options);
  const waitMs = options.waitMs ?? DEFAULT_WAIT_MS;
  const admin = await connectFirst(adminUrl, waitMs);
  try {
    await checkServer(admin);
    const other = await connectFirst(adminUrl, waitMs);
    await checkSessions(admin, other).finally(() => other.end());
    await admin.query(`SET lock_timeout = '${LOCK_WAIT}'`);
    await admin.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await prepare(admin, adminUrl, secrets, options.rolePrefix);
      } catch (error) {
        if (!NAME_TAKEN.test(sqlStateOf(error) ?? '') || attempt === ATTEMPTS) throw error;
      }
    }
  } finally {
    await admin.end();
  }
}

async function prepare(
  admin: pg.Client,
  adminUrl: string,
  secrets: LoginSecrets,
  prefix: string | undefined,
): Promise<PreparedDatabase> {
  const roles = await rolesOf(admin, prefix);
  const logins: PlannedLogin[] = [];
  let looked: Promise<boolean> | undefined;
  const areInUse = (): Promise<boolean> =>
    (looked ??= areConnected(
      admin,
      loginPurposes.map((purpose) => roles[purpose]),
    ));
  for (const purpose of loginPurposes)
    logins.push(await planLogin(admin, adminUrl, purpose, roles, secrets, areInUse));
  await checkRights(admin, roles, logins);
  await change(admin, roles, logins);
  for (const { role, password, action } of logins)
    if (action !== 'keep' && !(await fits(adminUrl, role, password))) throw notLetIn(role);
  const used = logins.map(({ role }) => role);
  for (const role of await unusedTwins(admin, roles, used)) {
    await admin.query(`DROP ROLE ${role}`).catch(() => undefined);
  }
  const [serverUrl = '', engineUrl = '', queryUrl = ''] = logins.map((login) => urlOf(adminUrl, login));
  return { serverUrl, engineUrl, queryUrl, roles };
}

async function change(admin: pg.Client, roles: RoleNames, logins: readonly PlannedLogin[]): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder }).map((migration) => ({
    ...migration,
    sql: migration.sql.map((statement) => withPrefix(statement, roles)),
  }));
  await drizzle(admin).transaction(async (transaction) => {
    await ensureRoles(admin, roles, logins).catch((error: unknown) => {
      if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
      throw rolesOfAnother(admin.user ?? '', roles, error);
    });
    await admin.query(`SET LOCAL ROLE ${roles.owner}`);
    // A savepoint instead of a transaction of its own.
    const inside: PropertyDescriptor = { value: transaction.transaction.bind(transaction) };
    const session = Object.create(transaction._.session, { transaction: inside }) as PgSession;
    await new PgDialect().migrate(migrations, session, {
      migrationsFolder,
      migrationsSchema: 'bulkhead_migrations',
    });
    await admin.query('RESET ROLE');
    const gaps = await findIsolationGaps(admin, roles);
    if (gaps.length > 0) {
      throw new DatabaseSetupError(`The database does not keep users apart:\n- ${gaps.join('\n- ')}`);
    }
  });
}

const INSUFFICIENT_PRIVILEGE = '42501';
