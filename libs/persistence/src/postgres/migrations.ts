import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { findIsolationGaps } from './isolation-check.ts';
import { ensureRoles, passwordOf, type Logins } from './roles.ts';

/** Any fixed number: nodes that start together take turns. */
const MIGRATION_LOCK = 0x6275_6c6b;
const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings roles and tables up to date, and refuses a database whose tables do not keep users apart.
 * @throws DatabaseSetupError
 */
export async function migrateDatabase(adminUrl: string): Promise<Logins> {
  // Before connecting, which fails without a password in words that help nobody.
  passwordOf(adminUrl);
  const admin = new pg.Client({ connectionString: adminUrl });
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    await admin.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const logins = await ensureRoles(admin, adminUrl);
    await admin.query('SET ROLE bulkhead_owner');
    await migrate(drizzle(admin), { migrationsFolder, migrationsSchema: 'bulkhead_migrations' });
    await admin.query('RESET ROLE');
    const gaps = await findIsolationGaps(admin);
    if (gaps.length > 0) {
      throw new DatabaseSetupError(`The database does not keep users apart:\n- ${gaps.join('\n- ')}`);
    }
    return logins;
  } finally {
    await admin.end();
  }
}
