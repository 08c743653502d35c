/**
 * How steps of runs are stored. Raised when a change makes the stored steps of unfinished runs unreadable; the former
 * ones stay in the list for as long as this code still reads them. See docs/operations.md.
 */
export const STEP_FORMATS = ['1'] as const satisfies readonly [string, ...string[]];

/** What this version writes. */
export const STEP_FORMAT = STEP_FORMATS[0];
