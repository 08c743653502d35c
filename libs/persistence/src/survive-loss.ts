import type pg from 'pg';

/**
 * Keeps the loss of a connection from ending the process. A pool listens to its idle connections only: one that is lent
 * and between two queries when an administrator stops the database has nobody to tell. Its next query fails instead.
 */
export function surviveLoss(pool: pg.Pool): void {
  pool.on('connect', (client) => client.on('error', () => undefined));
}
