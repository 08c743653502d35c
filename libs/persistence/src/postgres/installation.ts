import { createHash } from 'node:crypto';
import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { DEFAULT_PREFIX, rolesWith, type RoleNames } from './role-names.ts';

const OWNER_SUFFIX = '_owner';
/** What names a role without quotes, with room for what is put behind it. */
const PREFIX = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * The roles of the installation in this database. One that is there is told by the owner of its tables. A new one takes
 * the given prefix, or `bulkhead` where no other database of the cluster has it, or one with the database's name.
 * @throws DatabaseSetupError
 */
export async function rolesOf(admin: pg.ClientBase, wanted?: string): Promise<RoleNames> {
  const { rows } = await admin.query<{ database: string; owner: string | null }>(
    `SELECT current_database() AS database, (SELECT pg_get_userbyid(nspowner) FROM pg_namespace
       WHERE nspname = 'bulkhead') AS owner`,
  );
  const { database = '', owner = null } = rows[0] ?? {};
  if (owner === null) return rolesWith(wanted ?? (await freePrefix(admin, database)));
  const prefix = owner.endsWith(OWNER_SUFFIX) ? owner.slice(0, -OWNER_SUFFIX.length) : '';
  if (!PREFIX.test(prefix)) {
    throw new DatabaseSetupError(
      `The schema bulkhead in the database ${database} belongs to ${owner}, so it is not one of Bulkhead's. Use another database, or remove that schema.`,
    );
  }
  if (wanted !== undefined && wanted !== prefix) {
    throw new DatabaseSetupError(
      `The roles of this database have the prefix ${prefix}, not ${wanted}. Leave DATABASE_ROLE_PREFIX empty, or use another database.`,
    );
  }
  return rolesWith(prefix);
}

/** What an earlier installation left may be used again by who may grant it, unless another database needs it. */
async function freePrefix(admin: pg.ClientBase, database: string): Promise<string> {
  const { rows } = await admin.query<{ is_ours: boolean }>(
    `SELECT pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION') AND NOT EXISTS (
              SELECT FROM pg_shdepend s
               WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.dbid <> 0
                 AND s.dbid <> (SELECT oid FROM pg_database WHERE datname = current_database())) AS is_ours
       FROM pg_roles r WHERE r.rolname = $1`,
    [rolesWith(DEFAULT_PREFIX).owner],
  );
  if (rows[0]?.is_ours ?? true) return DEFAULT_PREFIX;
  const own = `${DEFAULT_PREFIX}_${database}`;
  if (PREFIX.test(own)) return own;
  return `${DEFAULT_PREFIX}_${createHash('sha256').update(database).digest('hex').slice(0, 8)}`;
}
