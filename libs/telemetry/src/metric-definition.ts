/** What a label can say: one of these, or one of at most so many names that configuration decides about. */
export type LabelValues = readonly string[] | { readonly atMost: number };

/** One metric, before anything was counted. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** What it counts; times are in seconds. */
  readonly help: string;
  readonly labels?: Readonly<Record<string, LabelValues>>;
  /** Upper bounds of a histogram, ascending. */
  readonly buckets?: readonly number[];
}

type ValueOf<Values> = Values extends readonly (infer Value)[] ? Value : string;

/** The labels that go with each count, by the metric's definition. */
export type LabelsOf<Definition> = Definition extends { readonly labels: infer Labels }
  ? { readonly [Name in keyof Labels]: ValueOf<Labels[Name]> }
  : Readonly<Record<string, never>>;

/** Never a label: there are as many values as users, or as things of users. */
const perUser =
  /user|account|email|thread|run_?id|request|session|connection|socket_?id|address|^ip$|token|tenant|message/i;
/** Identifiers and addresses, whatever label they are put into. */
const identifying = /[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{16}|@|\d{1,3}(?:\.\d{1,3}){3}/i;
const MAX_LENGTH = 64;
/** Most series that the labels of one metric can make together. */
const MAX_SERIES = 2_000;

/** What a refused value is counted as. */
export const OTHER = 'other';

/**
 * Refuses a definition whose series could grow with the users.
 * @throws TypeError naming the metric and the label
 */
export function assertBounded(name: string, { labels = {} }: MetricDefinition): void {
  let series = 1;
  for (const [label, values] of Object.entries(labels)) {
    if (perUser.test(label)) {
      throw new TypeError(`${name} has a label "${label}": there would be a series per user. Leave it out.`);
    }
    series *= 'atMost' in values ? values.atMost : values.length;
  }
  if (series > MAX_SERIES)
    throw new TypeError(`${name} could have ${series} series, more than ${MAX_SERIES}.`);
}

/** Lets values of a closed set through, and of an open one so many names, none of which is anybody's id. */
export class LabelGuard {
  readonly #known: Set<string>;
  readonly #room: number;

  constructor(values: LabelValues) {
    this.#known = new Set('atMost' in values ? [] : values);
    this.#room = 'atMost' in values ? values.atMost : 0;
  }

  /** @returns the value, or `OTHER` */
  pass(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#room || value.length > MAX_LENGTH || identifying.test(value)) return OTHER;
    this.#known.add(value);
    return value;
  }
}
