import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import type { PlannedLogin } from './logins.ts';
import type { RoleNames } from './role-names.ts';

interface Rights {
  readonly who: string;
  readonly database: string;
  readonly may_create_roles: boolean;
  readonly may_grant_create: boolean;
  readonly owner_may_create: boolean;
  readonly is_made: boolean;
  readonly may_take_owner: boolean;
}

/**
 * Says before anything is changed what the URL's user lacks, with the SQL that gives it.
 * @throws DatabaseSetupError
 */
export async function checkRights(
  admin: pg.ClientBase,
  roles: RoleNames,
  logins: readonly PlannedLogin[],
): Promise<void> {
  const { rows } = await admin.query<Rights>(
    `SELECT quote_ident(current_user) AS who, quote_ident(datname) AS database,
            (u.rolsuper OR u.rolcreaterole) AS may_create_roles,
            has_database_privilege(datname, 'CREATE WITH GRANT OPTION') AS may_grant_create,
            coalesce(has_database_privilege(o.oid, datname, 'CREATE'), false) AS owner_may_create,
            o.oid IS NOT NULL AS is_made,
            coalesce(pg_has_role(o.oid, 'SET') OR pg_has_role(o.oid, 'MEMBER WITH ADMIN OPTION'), true) AS may_take_owner
       FROM pg_database d JOIN pg_roles u ON u.rolname = current_user LEFT JOIN pg_roles o ON o.rolname = $1
      WHERE datname = current_database()`,
    [roles.owner],
  );
  const rights = rows[0]!;
  const { who, database } = rights;
  if (rights.is_made && !rights.may_take_owner) throw rolesOfAnother(who, roles);
  const createsRoles = !rights.is_made || logins.some(({ action }) => action !== 'keep');
  const lines = [
    ...(createsRoles && !rights.may_create_roles ? [`ALTER ROLE ${who} CREATEROLE;`] : []),
    ...(!rights.owner_may_create && !rights.may_grant_create
      ? [`ALTER DATABASE ${database} OWNER TO ${who};`]
      : []),
  ];
  if (lines.length === 0) return;
  throw new DatabaseSetupError(
    `The user ${who} of DATABASE_URL must be able to create roles and own the database ${database}. Run as a superuser:\n  ${lines.join('\n  ')}`,
  );
}

/** What is said when the roles of this database were made by another user. */
export function rolesOfAnother(who: string, roles: RoleNames, cause?: unknown): DatabaseSetupError {
  const { prefix, ...names } = roles;
  return new DatabaseSetupError(
    `The roles ${prefix}_… were made by another user than ${who}. Run as that user, or as a superuser:\n  GRANT ${Object.values(names).join(', ')} TO ${who} WITH ADMIN OPTION;\n  ALTER ROLE ${who} CREATEROLE;`,
    { cause },
  );
}
