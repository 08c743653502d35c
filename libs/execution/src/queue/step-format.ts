/**
 * How steps of runs are stored. Raised when a change makes the stored steps of unfinished runs unreadable; the former
 * ones stay in the list for as long as this code still reads them. See docs/operations.md.
 *
 * 3: a model's reply has what its model wants back (`given`). 2: it has not; its calls are told without it.
 */
export const STEP_FORMATS = ['3', '2'] as const satisfies readonly [string, ...string[]];
