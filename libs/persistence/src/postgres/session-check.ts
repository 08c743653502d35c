import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { DatabaseSetupError } from '../persistence.errors.ts';

/** How long a session may take to hear its own notification, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Refuses connections that share backends behind a pooler: locks, notifications and prepared statements of one user's
 * transaction would be another's. Two open connections tell: with sessions kept, each has a backend of its own.
 * @throws DatabaseSetupError
 */
export async function checkSessions(one: pg.ClientBase, other: pg.ClientBase): Promise<void> {
  let cause: unknown;
  const isKept = await keepsSession(one, other).catch((error: unknown) => void (cause = error));
  if (isKept === true) return;
  throw new DatabaseSetupError(
    'A pooler in front of the database does not keep sessions, which locks and notifications need. Set pool_mode = session for this database in PgBouncer, or connect to PostgreSQL itself.',
    { cause },
  );
}

async function keepsSession(one: pg.ClientBase, other: pg.ClientBase): Promise<boolean> {
  const first = await within(backendOf(one));
  const second = await within(transaction(other, () => backendOf(one)));
  if (first === undefined || first !== second || first === (await within(backendOf(other)))) return false;
  return hears(one, other);
}

async function backendOf(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}

/** Holds the backend that a pooler would lend again, while `work` is done elsewhere. */
async function transaction<R>(client: pg.ClientBase, work: () => Promise<R>): Promise<R> {
  await client.query('BEGIN');
  await client.query('SELECT 1');
  try {
    return await work();
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Whether what the other sends arrives, with a transaction of another connection in between. */
async function hears(one: pg.ClientBase, other: pg.ClientBase): Promise<boolean> {
  const channel = `bulkhead_probe_${randomUUID().replaceAll('-', '')}`;
  let onHeard: (() => void) | undefined;
  const heard = new Promise<true>((resolve) => (onHeard = () => resolve(true)));
  const listener = ({ channel: where }: pg.Notification): void => {
    if (where === channel) onHeard?.();
  };
  one.on('notification', listener);
  try {
    await one.query(`LISTEN ${channel}`);
    await other.query(`NOTIFY ${channel}`);
    return (await within(heard)) === true;
  } finally {
    one.off('notification', listener);
    await within(one.query(`UNLISTEN ${channel}`));
  }
}

/** Undefined when there is no answer in time. */
async function within<T>(answer: Promise<T>): Promise<T | undefined> {
  answer.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
