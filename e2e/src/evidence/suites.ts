import type { EvidenceSuite } from './evidence-suite.ts';

/** Every suite, in the order in which they run. */
export const suites: readonly EvidenceSuite[] = [];
