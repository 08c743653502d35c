import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface Stop {
  /** Called with the first signal. */
  readonly begin: () => void;
  /** How long everything is still served after it, in milliseconds, so that a balancer notices. */
  readonly delayMs: number;
  readonly close: () => Promise<void>;
  /** @param code 0 when all went well */
  readonly exit: (code: number) => void;
}

/** Stops the server on a signal, after a delay that a second signal ends. */
export function stopOnSignals(source: EventEmitter, { begin, delayMs, close, exit }: Stop): void {
  const hurry = new AbortController();
  let isStopping = false;
  for (const signal of SIGNALS) {
    source.on(signal, () => {
      if (isStopping) return hurry.abort();
      isStopping = true;
      begin();
      sleep(delayMs, undefined, { signal: hurry.signal })
        .catch(() => undefined)
        .then(close)
        .then(
          () => exit(0),
          () => exit(1),
        );
      return undefined;
    });
  }
}
