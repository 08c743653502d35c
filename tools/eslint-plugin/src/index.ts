export { depConstraints } from './boundaries.ts';
export { bulkheadRules } from './plugin.ts';
