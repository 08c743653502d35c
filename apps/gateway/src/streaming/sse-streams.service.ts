import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { ConnectionAuthMonitor } from '@bulkhead/auth';
import { DeliveryCursors, ResyncRequiredError, TERMINAL_EVENT_TYPES, ThreadReader } from '@bulkhead/events';
import type { UserExecutionContext } from '@bulkhead/user-context';
import type { FastifyReply } from 'fastify';
import { ConnectionLimiter } from './connection-limiter.service.ts';
import { DeliveryObserver } from './delivery-observer.service.ts';
import { SseStream } from './sse-stream.ts';

interface StreamOptions {
  readonly threadId: string;
  readonly afterSeq: number;
  /** Only this run's events; the stream ends with its terminal event. */
  readonly runId?: string;
}

/** Server-sent events of threads and runs, live. */
@Injectable()
export class SseStreams implements BeforeApplicationShutdown {
  readonly #logger = new Logger(SseStreams.name);
  readonly #open = new Set<SseStream>();

  constructor(
    private readonly reader: ThreadReader,
    private readonly slots: ConnectionLimiter,
    private readonly cursors: DeliveryCursors,
    private readonly liveness: ConnectionAuthMonitor,
    private readonly observer: DeliveryObserver,
  ) {}

  /** Streams that are open now. */
  get openCount(): number {
    return this.#open.size;
  }

  /**
   * Streams until the client goes away, its identity ends, or the run does. Verify the thread first.
   * @throws TooManyConnectionsError
   */
  open(context: UserExecutionContext, options: StreamOptions, reply: FastifyReply): void {
    const release = this.slots.take(context.identity);
    void reply.hijack();
    const stream = new SseStream(reply.raw, reply.getHeaders() as Record<string, string>);
    this.#open.add(stream);
    const unwatch = this.liveness.watch(context.identity, (reason) => stream.end(reason));
    stream.onClose(() => {
      unwatch();
      this.#open.delete(stream);
      release();
    });
    this.#pump(context, options, stream).catch((error: unknown) => {
      if (error instanceof ResyncRequiredError) {
        const { reason, range } = error;
        this.observer.resync('stream');
        stream.tell('resync_required', { threadId: options.threadId, reason, ...range });
      } else this.#logger.error({ requestId: context.requestId, err: error });
      stream.close();
    });
  }

  beforeApplicationShutdown(): void {
    for (const stream of [...this.#open]) stream.end('server_shutdown');
  }

  async #pump(
    context: UserExecutionContext,
    { runId, ...options }: StreamOptions,
    stream: SseStream,
  ): Promise<void> {
    const { signal } = stream;
    const delivery = this.observer.open(context, 'stream', options.afterSeq);
    stream.onClose(() => delivery.close());
    for await (const batch of this.reader.read(context, { ...options, signal })) {
      const events = runId === undefined ? batch : batch.filter((event) => event.runId === runId);
      for (const event of events) {
        if (!(await stream.send(event))) {
          this.observer.slow('stream');
          return stream.end('slow_consumer');
        }
        delivery.handed(event);
      }
      // A run's stream leaves out what others said in between.
      if (runId === undefined) this.cursors.delivered(context, options.threadId, batch.at(-1)?.seq ?? 0);
      if (runId !== undefined && events.some(({ type }) => TERMINAL_EVENT_TYPES.has(type))) break;
    }
    stream.close();
  }
}
