import { APICallError } from '@ai-sdk/provider';
import { ModelTimeoutError } from './models.errors.ts';
import type { ModelTimeouts } from './models.options.ts';
import { readFailure } from './provider-failure.ts';

/** Longest that a provider may make us wait; one that wants more is told to the user instead. */
const MAX_PAUSE_MS = 30_000;

/** @param attempt the one that failed, from 1 @returns how long to wait, or undefined when trying again is no use */
export function pauseBeforeRetry(
  error: unknown,
  attempt: number,
  patience: ModelTimeouts,
): number | undefined {
  if (attempt > patience.retries || !isPassing(error)) return undefined;
  const asked = askedPauseMs(error);
  if (asked !== undefined) return asked <= MAX_PAUSE_MS ? asked : undefined;
  // At random within the limit: those who failed together don't come back together.
  return Math.min(MAX_PAUSE_MS, patience.backoffMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

/** Over a limit, failing on the other side, or not reached. */
function isPassing(error: unknown): boolean {
  if (error instanceof ModelTimeoutError) return error.phase === 'connect';
  const { kind } = readFailure(error);
  if (kind !== 'unknown') return kind === 'passing';
  return isBrokenConnection(error) || (APICallError.isInstance(error) && isBrokenConnection(error.cause));
}

/** What fetch throws when it reaches nobody, or a connection breaks. By name: it may stem from another realm. */
const isBrokenConnection = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'TypeError';

/** `Retry-After`, in seconds or as a date. */
export function askedPauseMs(error: unknown): number | undefined {
  const header = APICallError.isInstance(error) ? error.responseHeaders?.['retry-after'] : undefined;
  if (header === undefined) return undefined;
  if (/^\d{1,5}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
