import type pg from 'pg';
import { DatabaseUnavailableError } from './persistence.errors.ts';
import { sqlStateOf } from './sql/sql-state.ts';

/** Why the database could not be used. Source: PostgreSQL, appendix "Error Codes". */
export const DATABASE_ERROR_REASONS = [
  'connection',
  'authentication',
  'read_only',
  'disk_full',
  'resources',
  'conflict',
  'overload',
] as const;
export type DatabaseErrorReason = (typeof DATABASE_ERROR_REASONS)[number];

/** SQLSTATEs by their beginnings, the longer first. */
const reasons: readonly (readonly [RegExp, DatabaseErrorReason])[] = [
  [/^25006/, 'read_only'],
  [/^53100|^58030|^ENOSPC/, 'disk_full'],
  [/^53/, 'resources'],
  [/^28/, 'authentication'],
  [/^40/, 'conflict'],
];

/** Errors after which nothing is stored and a later attempt may work: a database that can't write, or has no room. */
export const isTransient = (error: unknown): boolean =>
  /^(?:40|53|25006|58030)/.test(sqlStateOf(error) ?? '');

/** Too much waits here, whatever the database does. */
const isOverload = (cause: unknown): boolean =>
  cause instanceof Error && /are waiting|in time/.test(cause.message);

/** How long a failure to write counts as the state of the database, in milliseconds. */
const RECENT_MS = 5_000;

/** Counts why the transactions of a pool could not be executed. */
export class DatabaseErrors {
  readonly #counts = new Map<DatabaseErrorReason, number>(
    DATABASE_ERROR_REASONS.map((reason) => [reason, 0]),
  );
  #unwritable: { readonly at: number; readonly error: DatabaseUnavailableError } | undefined;

  get counts(): readonly (readonly [DatabaseErrorReason, number])[] {
    return [...this.#counts];
  }

  note(error: unknown): void {
    if (!(error instanceof DatabaseUnavailableError)) return;
    const code = sqlStateOf(error.cause);
    const known = reasons.find(([pattern]) => code !== undefined && pattern.test(code))?.[1];
    const reason = known ?? (isOverload(error.cause) ? 'overload' : 'connection');
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    if (reason === 'read_only' || reason === 'disk_full') this.#unwritable = { at: performance.now(), error };
  }

  /** Whatever was refused before says nothing about now. */
  forget(): void {
    this.#unwritable = undefined;
  }

  /** @throws DatabaseUnavailableError when a transaction could not be stored a moment ago */
  assertWritable(): void {
    if (this.#unwritable && performance.now() - this.#unwritable.at < RECENT_MS) throw this.#unwritable.error;
  }
}

/** By the pool whose transactions they are. */
export const poolErrors = new WeakMap<pg.Pool, DatabaseErrors>();
