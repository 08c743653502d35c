/** What a rule must find, and what looks like it but must pass; each in the file where it would be written. */
export interface Corpus {
  /** Path, text, and how many findings there are where it is more than one. */
  readonly caught: readonly (readonly [path: string, text: string, findings?: number])[];
  readonly innocent: readonly (readonly [path: string, text: string])[];
}

/** Corpora by the name of the rule. */
export type Corpora = Readonly<Record<string, Corpus>>;
