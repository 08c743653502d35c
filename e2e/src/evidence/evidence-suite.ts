import type { Evidence } from './evidence.ts';

/** One promise of the server, put to the test against real processes. */
export interface EvidenceSuite {
  /** As the command names it, e.g. `crash`. */
  readonly name: string;
  /** What is promised, in one sentence. */
  readonly promise: string;
  /** How it is put to the test, in one or two sentences: what is done, and what it is held against. */
  readonly tried: string;
  /** Tries to break the promise, and says what came of it. An error that escapes is a failed check. */
  run(evidence: Evidence): Promise<void>;
}
