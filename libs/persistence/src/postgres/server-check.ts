import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';

/** The oldest PostgreSQL that has what the roles need: memberships without inheritance, one by one. */
const MINIMUM_VERSION = 16;

interface ServerFacts {
  readonly version: string;
  readonly version_num: number;
  readonly encoding: string;
  readonly ctype: string;
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
  readonly database: string;
}

/**
 * Refuses a server on which users would meet errors later: too old, another encoding, one that can't be written to.
 * @throws DatabaseSetupError
 */
export async function checkServer(admin: pg.ClientBase): Promise<void> {
  const { rows } = await admin.query<ServerFacts>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS version_num,
            pg_encoding_to_char(encoding) AS encoding, datctype AS ctype, pg_is_in_recovery() AS is_standby,
            current_setting('transaction_read_only')::boolean AS is_read_only, quote_ident(datname) AS database
       FROM pg_database WHERE datname = current_database()`,
  );
  const [facts] = rows;
  if (facts === undefined) throw new DatabaseSetupError('The database does not say what it is.');
  const complaint = complaintAbout(facts);
  if (complaint !== undefined) throw new DatabaseSetupError(complaint);
}

function complaintAbout(facts: ServerFacts): string | undefined {
  if (facts.version_num < MINIMUM_VERSION * 10_000)
    return `PostgreSQL ${facts.version} is too old: Bulkhead needs ${MINIMUM_VERSION} or newer. Upgrade it, or set DATABASE_URL to another.`;
  if (facts.encoding !== 'UTF8')
    return `The database ${facts.database} stores text as ${facts.encoding}, in which most of what people write has no place. Create one with UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0;`;
  if (facts.is_standby)
    return 'The database is a standby, which can only be read. Set DATABASE_URL to the primary server.';
  if (facts.is_read_only)
    return `The database ${facts.database} is read-only (default_transaction_read_only is on). Switch that off for it, or set DATABASE_URL to one that can be written.`;
  return undefined;
}
