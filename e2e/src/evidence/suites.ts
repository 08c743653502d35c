import type { EvidenceSuite } from './evidence-suite.ts';
import { crash } from './crash.suite.ts';
import { cancel } from './cancel.suite.ts';
import { fairness } from './fairness.suite.ts';

/** Every suite, in the order in which they run. */
export const suites: readonly EvidenceSuite[] = [crash, fairness, cancel];
