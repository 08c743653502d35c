import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS } from './metric-catalogue.ts';
import {
  assertBounded,
  LabelGuard,
  OTHER,
  type LabelsOf,
  type MetricDefinition,
} from './metric-definition.ts';

type Catalogue = typeof METRICS;
export type MetricName = keyof Catalogue;
type NameOf<Kind> = {
  [Name in MetricName]: Catalogue[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** A value read when somebody looks, with its labels. */
export type Reading<Name extends MetricName> = readonly [value: number, labels?: LabelsOf<Catalogue[Name]>];
type Read = () => readonly Reading<MetricName>[] | Promise<readonly Reading<MetricName>[]>;
type Labels = Record<string, string>;

/**
 * What the server counts. Counting costs about a microsecond and never fails: a label value that is not of its set is
 * counted as `other`.
 */
@Injectable()
export class Metrics {
  readonly #registry = new Registry();
  /** Of each metric's labels. */
  readonly #guards = new Map<string, ReadonlyMap<string, LabelGuard>>();
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #read = new Map<string, Read>();

  constructor() {
    for (const [name, definition] of Object.entries(METRICS)) this.#define(name, definition);
  }

  /** The names of all metrics that are shown, those of the process included. */
  get names(): readonly string[] {
    return this.#registry.getMetricsAsArray().map(({ name }) => name);
  }

  /** Type of the text that `text()` is. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  count<Name extends NameOf<'counter'>>(
    name: Name,
    labels: LabelsOf<Catalogue[Name]> = {} as LabelsOf<Catalogue[Name]>,
    by = 1,
  ): void {
    this.#counters.get(name)?.inc(this.#guarded(name, labels), by);
  }

  /** @param value in seconds */
  observe<Name extends NameOf<'histogram'>>(
    name: Name,
    value: number,
    labels: LabelsOf<Catalogue[Name]> = {} as LabelsOf<Catalogue[Name]>,
  ): void {
    this.#histograms.get(name)?.observe(this.#guarded(name, labels), value);
  }

  /** Has a gauge, or a counter that is kept elsewhere, read whenever somebody looks. One that can't be read is left out. */
  read<Name extends NameOf<'gauge' | 'counter'>>(
    name: Name,
    read: () => readonly Reading<Name>[] | Promise<readonly Reading<Name>[]>,
  ): void {
    this.#read.set(name, read);
  }

  /** Also shows memory, CPU time and the delay of the event loop of this process. Call once. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Everything, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #define(name: string, definition: MetricDefinition): void {
    assertBounded(name, definition);
    const { kind, help, labels = {}, buckets } = definition;
    const guards = Object.entries(labels).map(([label, values]) => [label, new LabelGuard(values)] as const);
    this.#guards.set(name, new Map(guards));
    const options = { name, help, labelNames: Object.keys(labels), registers: [this.#registry] };
    if (kind === 'histogram') {
      this.#histograms.set(name, new Histogram({ ...options, ...(buckets && { buckets: [...buckets] }) }));
      return;
    }
    // A collect function of its own for each: the library binds it to the metric.
    const gather = this.#gatherer(name, Object.keys(labels));
    if (kind === 'gauge') {
      new Gauge({
        ...options,
        async collect() {
          await gather(this, (labels, value) => this.set(labels, value));
        },
      });
    } else {
      const counter = new Counter({
        ...options,
        async collect() {
          await gather(this, (labels, value) => this.inc(labels, value));
        },
      });
      this.#counters.set(name, counter);
      for (const labels of firstSeries(definition)) counter.inc(labels, 0);
    }
  }

  /** What is read replaces what was there; without a reader, what was counted stays. */
  #gatherer(name: string, labelled: readonly string[]) {
    return async (
      metric: { reset(): void; remove(): void },
      put: (labels: Labels, value: number) => void,
    ): Promise<void> => {
      const read = this.#read.get(name);
      if (!read) return;
      metric.reset();
      try {
        for (const [value, labels = {}] of await read()) put(this.#guarded(name, labels), value);
      } catch {
        metric.reset();
        // A reset shows 0 where there are no labels; with labels it leaves no series.
        if (labelled.length === 0) metric.remove();
      }
    };
  }

  #guarded(name: string, labels: Labels): Labels {
    const guards = this.#guards.get(name);
    const guarded: Labels = {};
    for (const label in labels) {
      const value = labels[label]!;
      guarded[label] = guards?.get(label)?.pass(value) ?? OTHER;
      if (guarded[label] === OTHER) this.#counters.get('bulkhead_labels_refused_total')?.inc();
    }
    return guarded;
  }
}

/** A rate needs a beginning: series that are known from the start are there from the start, at 0. */
function firstSeries({ labels = {} }: MetricDefinition): Labels[] {
  const [[name, values] = [], ...others] = Object.entries(labels);
  if (name === undefined || values === undefined || 'atMost' in values || others.length > 0) return [];
  return values.map((value) => ({ [name]: value }));
}
