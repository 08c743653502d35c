import type { Checkpoints, StepResult } from '../steps/checkpoints.ts';

/** How far the step is when its node dies. */
export type Moment = 'begun' | 'executed' | 'stored';

export interface Crash {
  /** Counted from 1 in the order of the steps; a number beyond the last step never happens. */
  readonly step: number;
  readonly moment: Moment;
}

/** Stands for the death of a node. */
export class CrashError extends Error {}

/**
 * Durable steps that keep their results as JSON in memory, and let the node die where a spec plans it. Give the same
 * steps to the next life: what was stored is not executed again.
 */
export class StoredSteps implements Checkpoints {
  readonly #results = new Map<string, string>();
  readonly #crashes: Crash[];

  /** @param onCrash ends everything else that belongs to the dying life; crashes happen in the given order */
  constructor(
    crashes: readonly Crash[] = [],
    private readonly onCrash: (error: CrashError) => void = () => undefined,
  ) {
    this.#crashes = [...crashes];
  }

  /** The steps that have a result, in order. */
  get finished(): readonly string[] {
    return [...this.#results.keys()];
  }

  async run<Result extends StepResult>(name: string, work: () => Promise<Result>): Promise<Result> {
    const known = this.#results.get(name);
    if (known !== undefined) return JSON.parse(known) as Result;
    const step = this.#results.size + 1;
    this.#dieIfPlanned({ step, moment: 'begun' });
    const result = JSON.stringify(await work());
    this.#dieIfPlanned({ step, moment: 'executed' });
    this.#results.set(name, result);
    this.#dieIfPlanned({ step, moment: 'stored' });
    return JSON.parse(result) as Result;
  }

  #dieIfPlanned({ step, moment }: Crash): void {
    const [planned] = this.#crashes;
    if (planned?.step !== step || planned.moment !== moment) return;
    this.#crashes.shift();
    const error = new CrashError(`The node dies when step ${step} is ${moment}.`);
    this.onCrash(error);
    throw error;
  }
}
