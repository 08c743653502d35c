import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';
import { sqlStateOf } from '../sql/sql-state.ts';
import { openClient } from './connections.ts';

const RETRY_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;

/** System error codes and SQLSTATEs of a database that may be there in a moment. */
const isAway = (code: string): boolean =>
  /^(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE)$/.test(code) ||
  /^(?:57P0|53300|08[^P])/.test(code);

/** The driver gives a connection that took too long no code. */
const isTimeout = (error: unknown): boolean =>
  error instanceof Error && /timeout|terminated/i.test(error.message);

/**
 * The first connection of a start. A database that is away is waited for: it may be starting, too.
 * @throws DatabaseSetupError that says in a sentence what is wrong and what to do
 */
export async function connectFirst(url: string, waitMs: number): Promise<pg.Client> {
  const deadline = Date.now() + waitMs;
  for (let attempt = 0; ; attempt += 1) {
    const client = openClient(url, { connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      const isPassing = isAway(sqlStateOf(error) ?? '') || isTimeout(error);
      if (!isPassing || Date.now() >= deadline) throw explainConnection(url, error, waitMs);
      if (attempt === 0) new Logger('Database').warn(`Waiting for the database at ${new URL(url).host} …`);
      await delay(RETRY_MS);
    }
  }
}

/** A connection that failed, in words of an operator; the password is in none of them. */
export function explainConnection(url: string, error: unknown, waitedMs = 0): DatabaseSetupError {
  const { host, username, pathname } = new URL(url);
  const [user, name] = [decodeURIComponent(username), decodeURIComponent(pathname.slice(1))];
  const code = sqlStateOf(error) ?? '';
  const said = error instanceof Error ? error.message : String(error);
  const explain = (sentence: string): DatabaseSetupError =>
    new DatabaseSetupError(sentence, { cause: error });
  if (code === '28P01' || /^SASL|SCRAM|no such user/i.test(said))
    return explain(`The database refuses the password of ${user} (${host}). Correct DATABASE_URL.`);
  if (code === '28000')
    return explain(`The database lets ${user} not in from here: ${said}. Check the user and pg_hba.conf.`);
  if (code === '3D000')
    return explain(
      `There is no database ${name} at ${host}. Create it: CREATE DATABASE "${name}" OWNER "${user}" ENCODING 'UTF8' TEMPLATE template0;`,
    );
  if (/SSL|TLS|certificate/i.test(said))
    return explain(`No encrypted connection to ${host}: ${said}. Check sslmode in DATABASE_URL.`);
  if (/startup parameter/.test(said))
    return explain(
      `The pooler at ${host} refuses the connection: ${said}. See "A pooler" in docs/operations.md.`,
    );
  if (isAway(code) || isTimeout(error))
    return explain(
      `No database answers at ${host} after ${Math.round(waitedMs / 1000)} seconds (${code || said}). Start it, or correct DATABASE_URL; DATABASE_WAIT_SECONDS is how long it is waited for.`,
    );
  return explain(`The database at ${host} can't be used: ${said}`);
}
