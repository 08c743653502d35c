import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { connectFirst } from './first-connection.ts';
import { rolesOf } from './installation.ts';
import { fits, passwordFor } from './logins.ts';
import { loginSecretsOf, type InstallationOptions } from './migrations.ts';
import type { RoleNames } from './role-names.ts';

/** Where an installation that is there already is read, and as whom. */
export interface ReadableDatabase {
  readonly url: string;
  readonly roles: RoleNames;
}

/**
 * Finds who may read the installation of a database: the URL's own user, or the server's login when its password can be
 * told from these settings. Changes nothing.
 * @throws DatabaseSetupError
 */
export async function findReadable(
  adminUrl: string,
  options: InstallationOptions,
): Promise<ReadableDatabase> {
  const secrets = loginSecretsOf(adminUrl, options);
  const admin = await connectFirst(adminUrl, options.waitMs ?? 0);
  try {
    const { who, isThere } = await lookAt(admin);
    if (!isThere) throw new DatabaseSetupError('No Bulkhead has used this database yet. Check DATABASE_URL.');
    const roles = await rolesOf(admin, options.rolePrefix);
    const { rows } = await admin.query<{ may: boolean }>("SELECT pg_has_role($1, 'SET') AS may", [
      roles.auth,
    ]);
    if (rows[0]?.may === true) return { url: adminUrl, roles };
    for (const secret of secrets) {
      const password = passwordFor(roles.login, secret);
      if (!(await fits(adminUrl, roles.login, password))) continue;
      return { url: Object.assign(new URL(adminUrl), { username: roles.login, password }).href, roles };
    }
    throw new DatabaseSetupError(
      `The user ${who} may not read the audit log. Use the servers' own DATABASE_URL, or run as a superuser:\n  GRANT ${roles.auth} TO ${who};`,
    );
  } finally {
    await admin.end();
  }
}

async function lookAt(admin: pg.ClientBase): Promise<{ who: string; isThere: boolean }> {
  const { rows } = await admin.query<{ who: string; isThere: boolean }>(
    `SELECT quote_ident(current_user) AS who, to_regnamespace('bulkhead') IS NOT NULL AS "isThere"`,
  );
  return rows[0]!;
}
