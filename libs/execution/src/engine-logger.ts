import type { Logger } from '@nestjs/common';

type Entry = (entry: unknown) => void;

/** Sends the durable engine's log to ours; its routine messages are of interest when debugging only. */
export function engineLogger(logger: Logger): { info: Entry; debug: Entry; warn: Entry; error: Entry } {
  const text = (entry: unknown): string => (entry instanceof Error ? entry.message : String(entry));
  return {
    info: (entry) => logger.debug(text(entry)),
    debug: (entry) => logger.verbose(text(entry)),
    warn: (entry) => logger.warn(text(entry)),
    error: (entry) => logger.error(text(entry)),
  };
}
