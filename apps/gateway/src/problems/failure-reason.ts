/** Meanings of the first two characters of a SQLSTATE. Source: PostgreSQL documentation, appendix "Error Codes". */
const sqlClasses: Readonly<Record<string, string>> = {
  '08': 'connection exception',
  '22': 'data exception',
  '23': 'integrity constraint violation',
  '25': 'invalid transaction state',
  '26': 'invalid statement name',
  '28': 'invalid authorization',
  '3D': 'invalid database name',
  '40': 'transaction rollback',
  '42': 'syntax error or access rule violation',
  '53': 'insufficient resources',
  '54': 'program limit exceeded',
  '55': 'object not in prerequisite state',
  '57': 'operator intervention',
  '58': 'system error',
  XX: 'internal error',
};
/** Classes whose messages speak of the server and its connections, never of values. */
const operational = new Set(['08', '25', '28', '3D', '53', '57', '58']);

const SQLSTATE = /^[\dA-Z]{5}$/;
const MAX_CAUSES = 5;

/**
 * Why something is away, for the log: the first code in the chain of causes and what it means. Other messages may quote
 * what users, models or tools said, so only those of plain errors and of the operation of a database are repeated.
 */
export function reasonOf(cause: unknown): string {
  let error = cause;
  for (let depth = 0; depth < MAX_CAUSES && error instanceof Error; depth += 1) {
    const code = codeOf(error);
    if (code !== undefined)
      return SQLSTATE.test(code) ? sqlReason(code, error.message) : `${error.name} ${code}`;
    if (error.cause === undefined) break;
    error = error.cause;
  }
  if (!(error instanceof Error)) return typeof error;
  return error.constructor === Error ? error.message : error.name;
}

function sqlReason(code: string, message: string): string {
  const sqlClass = code.slice(0, 2);
  const meaning = sqlClasses[sqlClass] ?? 'error of the database';
  return operational.has(sqlClass) ? `${code} ${meaning}: ${message}` : `${code} ${meaning}`;
}

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' ? error.code : undefined;
