import { audit } from './audit.suite.ts';
import { cancel } from './cancel.suite.ts';
import { cleanup } from './cleanup.suite.ts';
import { crash } from './crash.suite.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { fairness } from './fairness.suite.ts';
import { leak } from './leak.suite.ts';

/** Every suite, in the order in which they run. */
export const suites: readonly EvidenceSuite[] = [crash, fairness, cancel, cleanup, leak, audit];
