import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailableError } from '@bulkhead/persistence';

const RETRY_MS = 500;

export const isDatabaseTrouble = (error: unknown): boolean => error instanceof DatabaseUnavailableError;

/** Repeats work while the database is away. @throws what work throws otherwise, or the signal's reason */
export async function retryWhileDatabaseDown<R>(work: () => Promise<R>, signal: AbortSignal): Promise<R> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseTrouble(error)) throw error;
      await delay(RETRY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
