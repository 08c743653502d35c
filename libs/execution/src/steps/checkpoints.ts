import type { JsonValue } from '@bulkhead/user-context';

/**
 * Runs steps of a run so that a finished one is never executed again: after a crash its stored result is returned,
 * or its stored error thrown, as an `AppError` with the same code where it was one.
 * A step that was under way is executed again. Names are unique within a run, and their order is always the same.
 */
export interface Checkpoints {
  run<Result extends StepResult>(name: string, work: () => Promise<Result>): Promise<Result>;
}

/** What can be stored as a step's result: plain JSON data. */
export type StepResult = JsonValue | object;
