import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { TERMINAL_EVENT_TYPES, ThreadReader, type ThreadEvent } from '@bulkhead/events';
import type { UserExecutionContext } from '@bulkhead/user-context';
import type { FastifyReply } from 'fastify';

const HEARTBEAT_MS = 15_000;

interface StreamOptions {
  readonly threadId: string;
  readonly afterSeq: number;
  /** Only this run's events; the stream ends with its terminal event. */
  readonly runId?: string;
}

/** Server-sent events. Source: HTML Living Standard, section 9.2. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  readonly #logger = new Logger(EventStreams.name);
  readonly #open = new Set<AbortController>();

  constructor(private readonly reader: ThreadReader) {}

  /** Streams until the client goes away, its identity expires, or the run ends. Verify the thread first. */
  open(context: UserExecutionContext, options: StreamOptions, reply: FastifyReply): void {
    const abort = new AbortController();
    this.#open.add(abort);
    void reply.hijack();
    const response = reply.raw;
    response.on('close', () => abort.abort());
    const expiry = setTimeout(() => abort.abort(), context.identity.expiresAt - Date.now());
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
    const headers = {
      ...reply.getHeaders(),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    };
    response.writeHead(200, headers as Record<string, string>).flushHeaders();
    this.#pump(context, options, response, abort.signal)
      .catch((error: unknown) => this.#logger.error({ requestId: context.requestId, err: error }))
      .finally(() => {
        clearTimeout(expiry);
        clearInterval(heartbeat);
        this.#open.delete(abort);
        response.end();
      });
  }

  beforeApplicationShutdown(): void {
    for (const abort of this.#open) abort.abort();
  }

  async #pump(
    context: UserExecutionContext,
    { runId, ...options }: StreamOptions,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    for await (const batch of this.reader.read(context, { ...options, signal })) {
      const events = runId === undefined ? batch : batch.filter((event) => event.runId === runId);
      const text = events.map(toFrame).join('');
      if (text !== '' && !response.write(text))
        await once(response, 'drain', { signal }).catch(() => undefined);
      if (runId !== undefined && events.some(({ type }) => TERMINAL_EVENT_TYPES.has(type))) return;
    }
  }
}

const toFrame = (event: ThreadEvent): string =>
  `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
