import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

/** What is said about a span: names and figures, never what users or agents wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  /** Whom it continues, as a W3C `traceparent`; absent: the caller's span. */
  readonly parent?: string | undefined;
  readonly kind?: 'server' | 'consumer' | 'client' | 'internal';
  readonly attributes?: SpanAttributes;
  /** When it began, in milliseconds since 1970; absent: now. */
  readonly startedAt?: number;
}

/** A span that is under way. */
export interface TraceSpan {
  /** How others continue it. Source: W3C Trace Context. */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** @param error why it failed; absent: it did not */
  end(error?: unknown): void;
}

/** Makes spans and sends them somewhere. */
export interface TraceExporter {
  start(name: string, options: SpanOptions): TraceSpan;
  /** Sends what is left. */
  close(): Promise<void>;
}

const silent: TraceSpan = { traceparent: '', set: () => undefined, end: () => undefined };

/**
 * Tells what belongs to what, over calls, nodes and restarts. Off until an exporter is set: then work is done as if
 * it were not traced. What the caller's span is travels along with the call and decides about nothing.
 */
@Injectable()
export class Tracing {
  /** Entered only while there is an exporter: before Node 24, one that was ever entered slows down every promise. */
  readonly #spans = new AsyncLocalStorage<TraceSpan>();
  #exporter: TraceExporter | undefined;

  get isOn(): boolean {
    return this.#exporter !== undefined;
  }

  /** Sends spans from now on to `exporter`; undefined: nowhere. */
  use(exporter: TraceExporter | undefined): void {
    this.#exporter = exporter;
  }

  /** The caller's span, as a `traceparent`. */
  get current(): string | undefined {
    return this.#spans.getStore()?.traceparent;
  }

  /** Begins a span that the caller ends. */
  start(name: string, options: SpanOptions = {}): TraceSpan {
    if (!this.#exporter) return silent;
    return this.#exporter.start(name, { ...options, parent: options.parent ?? this.current });
  }

  /** Does work within a span that was begun. */
  within<R>(span: TraceSpan, work: () => R): R {
    return span === silent ? work() : this.#spans.run(span, work);
  }

  /** Does work in a span of its own, which ends with it. */
  async span<R>(name: string, options: SpanOptions, work: (span: TraceSpan) => Promise<R>): Promise<R> {
    if (!this.#exporter) return work(silent);
    const span = this.start(name, options);
    try {
      const result = await this.#spans.run(span, () => work(span));
      span.end();
      return result;
    } catch (error) {
      span.end(error);
      throw error;
    }
  }
}
