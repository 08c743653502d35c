import { Injectable } from '@nestjs/common';
import { TERMINAL_EVENT_TYPES, type ThreadEvent } from '@bulkhead/events';
import { RunTraces } from '@bulkhead/execution';
import { Metrics, Tracing, type TraceSpan } from '@bulkhead/telemetry';
import type { UserExecutionContext } from '@bulkhead/user-context';

export type Transport = 'socket' | 'stream';

/** Counts, times and traces what connections are handed. What the events say is not looked at. */
@Injectable()
export class DeliveryObserver {
  readonly #open = new Set<DeliveryTrace>();

  constructor(
    readonly metrics: Metrics,
    readonly tracing: Tracing,
    readonly traces: RunTraces,
  ) {
    metrics.read('bulkhead_events_unacknowledged', () => {
      let count = 0;
      for (const delivery of this.#open) count += delivery.unacknowledged;
      return [[count]];
    });
  }

  /** One thread that a connection begins to follow; close it when that ends. */
  open(context: UserExecutionContext, transport: Transport, afterSeq: number): DeliveryTrace {
    const delivery = new DeliveryTrace(this, context, transport, afterSeq, (closed) =>
      this.#open.delete(closed),
    );
    // Streams acknowledge nothing.
    if (transport === 'socket') this.#open.add(delivery);
    return delivery;
  }

  /** A connection was closed because its client took nothing in. */
  slow(transport: Transport): void {
    this.metrics.count('bulkhead_slow_consumers_total', { transport });
  }

  /** A client was told to begin anew. */
  resync(transport: Transport): void {
    this.metrics.count('bulkhead_resyncs_total', { transport });
  }
}

/** What one connection is handed of one thread. */
export class DeliveryTrace {
  readonly #openedAt = Date.now();
  readonly #spans = new Map<string, Promise<TraceSpan | undefined>>();
  #hasMissed = false;
  #handed: number;
  #acknowledged: number;

  constructor(
    private readonly observer: DeliveryObserver,
    private readonly context: UserExecutionContext,
    private readonly transport: Transport,
    afterSeq: number,
    private readonly forget: (self: DeliveryTrace) => void,
  ) {
    this.#handed = afterSeq;
    this.#acknowledged = afterSeq;
  }

  /** Events that were handed over and not acknowledged. */
  get unacknowledged(): number {
    return Math.max(0, this.#handed - this.#acknowledged);
  }

  handed(event: ThreadEvent): void {
    const { metrics } = this.observer;
    const { transport } = this;
    const now = Date.now();
    const storedAt = Date.parse(event.at);
    const mode = storedAt < this.#openedAt ? 'replay' : 'live';
    metrics.count('bulkhead_events_delivered_total', { transport, mode });
    if (mode === 'live') {
      const seconds = Math.max(0, now - storedAt) / 1000;
      metrics.observe('bulkhead_event_delivery_seconds', seconds, { transport });
    } else if (!this.#hasMissed) {
      this.#hasMissed = true;
      metrics.count('bulkhead_replays_total', { transport });
    }
    this.#handed = event.seq;
    if (this.observer.tracing.isOn) this.#trace(event, now);
  }

  /** The client says that it has everything up to `seq`. */
  acknowledged(seq: number): void {
    const more = seq - this.#acknowledged;
    if (more <= 0) return;
    this.#acknowledged = seq;
    this.observer.metrics.count('bulkhead_events_acknowledged_total', {}, more);
  }

  close(): void {
    this.forget(this);
    for (const span of this.#spans.values()) void span.then((begun) => begun?.end());
    this.#spans.clear();
  }

  /** One span per run and connection: from the first of its events to the last. */
  #trace({ runId, type }: ThreadEvent, startedAt: number): void {
    const span = this.#spans.get(runId) ?? this.#begin(runId, startedAt);
    this.#spans.set(runId, span);
    if (!TERMINAL_EVENT_TYPES.has(type)) return;
    this.#spans.delete(runId);
    void span.then((begun) => begun?.end());
  }

  async #begin(runId: string, startedAt: number): Promise<TraceSpan | undefined> {
    const { traces, tracing } = this.observer;
    const parent = await traces.of(this.context, runId);
    if (parent === undefined) return undefined;
    const attributes = { 'run.id': runId, 'thread.id': this.context.threadId, transport: this.transport };
    return tracing.start('delivery', { parent, startedAt, attributes });
  }
}
