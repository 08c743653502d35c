/** What was measured: a number with its unit, or a few words. */
export type Figure = string | number;

export interface Verdict {
  /** What must hold, as a rule in the present tense. */
  readonly claim: string;
  readonly figure: Figure;
  /** `missed` is a time or a rate that was off where those are only reported. */
  readonly verdict: 'passed' | 'failed' | 'missed';
}

export interface EvidenceOptions {
  /** The full sizes; otherwise the short ones. */
  readonly isLong: boolean;
  /** Whether a time or a rate that is off fails the suite. A machine that does other work says nothing about them. */
  readonly judgesTargets: boolean;
  readonly write: (line: string) => void;
}

/** What one suite found out. Everything is written as soon as it is known. */
export class Evidence {
  readonly verdicts: Verdict[] = [];
  readonly figures: Record<string, Figure> = {};
  /** Measured over the run: points of milliseconds since its begin and a value, for plots. */
  readonly series: Record<string, [atMs: number, value: number][]> = {};
  readonly #cleanups: (() => unknown)[] = [];
  readonly #startedAt = performance.now();
  #part = '';

  constructor(private readonly options: EvidenceOptions) {}

  get long(): boolean {
    return this.options.isLong;
  }

  /** Does a part of the suite; what it finds is under its name. Parts come one after the other. */
  async part(name: string, work: () => Promise<void>): Promise<void> {
    this.#part = `${name}: `;
    try {
      await work();
    } finally {
      this.#part = '';
    }
  }

  /** A promise: the suite fails unless it holds. */
  check(claim: string, holds: boolean, figure: Figure): void {
    this.#judge(claim, holds ? 'passed' : 'failed', figure);
  }

  /** A time or a rate: judged only on a machine that does nothing else. */
  target(claim: string, holds: boolean, figure: Figure): void {
    this.#judge(claim, holds ? 'passed' : this.options.judgesTargets ? 'failed' : 'missed', figure);
  }

  /** Worth knowing, not judged. */
  figure(name: string, value: Figure): void {
    this.figures[`${this.#part}${name}`] = value;
    this.options.write(`         ${this.#part}${name}: ${value}`);
  }

  /** A point of a plot. */
  sample(name: string, value: number): void {
    (this.series[name] ??= []).push([Math.round(performance.now() - this.#startedAt), value]);
  }

  log(text: string): void {
    this.options.write(`         … ${text}`);
  }

  /** Calls back when the suite is over, the last one first. */
  defer(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
  }

  /** Ends what the suite started. An error is a failed check, and keeps no other cleanup from running. */
  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        this.check('the suite cleans up', false, String(error));
      }
    }
  }

  #judge(rule: string, verdict: Verdict['verdict'], figure: Figure): void {
    const claim = `${this.#part}${rule}`;
    this.verdicts.push({ claim, figure, verdict });
    this.options.write(`  ${verdict.padEnd(6)} ${claim}: ${figure}`);
  }
}
