import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { IdentityLiveness } from '@bulkhead/auth';
import { DeliveryCursors, ResyncRequiredError, TERMINAL_EVENT_TYPES, ThreadReader } from '@bulkhead/events';
import type { UserExecutionContext } from '@bulkhead/user-context';
import type { FastifyReply } from 'fastify';
import { ConnectionSlots } from '../delivery/connection-slots.service.ts';
import { DeliveryObserver } from '../delivery/delivery-observer.service.ts';
import { EventStream } from './event-stream.ts';

interface StreamOptions {
  readonly threadId: string;
  readonly afterSeq: number;
  /** Only this run's events; the stream ends with its terminal event. */
  readonly runId?: string;
}

/** Server-sent events of threads and runs, live. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  readonly #logger = new Logger(EventStreams.name);
  readonly #open = new Set<EventStream>();

  constructor(
    private readonly reader: ThreadReader,
    private readonly slots: ConnectionSlots,
    private readonly cursors: DeliveryCursors,
    private readonly liveness: IdentityLiveness,
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
    const stream = new EventStream(reply.raw, reply.getHeaders() as Record<string, string>);
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
    stream: EventStream,
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
