import { Logger } from '@nestjs/common';
import { NoModelError } from '../provider-failure.ts';
import type { Mending } from './chunk-mender.ts';
import { mendedStream } from './mended-stream.ts';

/**
 * `fetch` whose answers an SDK can read, however odd the server's stream is. What is left out is written to the log by
 * name, each name once, and never its content.
 */
export function mendingFetch(provider: string, mending: Mending, ask: typeof fetch): typeof fetch {
  const logger = new Logger('Models');
  const told = new Set<string>();
  const leaveOut = (leftOut: string): void => {
    if (told.has(leftOut)) return;
    told.add(leftOut);
    logger.warn({ provider, leftOut }, 'A model streams something that can not be read; it is left out.');
  };
  return async (input, init) => {
    const response = await ask(input, init);
    const { status, statusText, headers, body } = response;
    if (!response.ok || !body) return response;
    if (/^(?:text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '')) {
      await body.cancel();
      throw new NoModelError('The answer is a page.');
    }
    const kept = new Headers(
      [...headers].filter(([name]) => !/^content-(?:length|encoding|type)$/i.test(name)),
    );
    kept.set('content-type', 'text/event-stream');
    return new Response(body.pipeThrough(mendedStream(mending, leaveOut)), {
      status,
      statusText,
      headers: kept,
    });
  };
}
