/**
 * How steps of runs are stored. Raised when a change makes the stored steps of unfinished runs unreadable; the former
 * ones stay in the list for as long as this code still reads them. See docs/operations.md.
 */
export const STEP_FORMATS = ['2'] as const satisfies readonly [string, ...string[]];
