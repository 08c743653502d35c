/** A place in the sources and what it is made to say. */
export interface SabotagedPlace {
  /**
   * From the repository's root. With `*.sql` at its end: the newest migration that has the text, since functions are
   * replaced by later ones.
   */
  readonly file: string;
  /** Occurs exactly once there, line breaks and indentation apart. */
  readonly find: string;
  readonly replace: string;
}

/** Who must notice. */
export type Guard =
  /** One spec file; with `test` only the tests whose names match, where the others take long. */
  | { readonly spec: string; readonly test?: string }
  /** One evidence suite at its short size, against servers built from the sabotaged sources. */
  | { readonly suite: string };

/** A defect that somebody could plant, or make by mistake. */
export interface Sabotage {
  /** What is wrong then, in words that could be a bug report's title. */
  readonly name: string;
  /** The promise that it breaks. */
  readonly breaks: string;
  readonly places: readonly SabotagedPlace[];
  readonly guard: Guard;
}

export const describeGuard = (guard: Guard): string =>
  'suite' in guard
    ? `npm run evidence -- ${guard.suite}`
    : `${guard.spec}${guard.test === undefined ? '' : ` (${guard.test})`}`;
