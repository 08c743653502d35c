import { join } from 'node:path';
import { bulkheadRules } from '@bulkhead/eslint-plugin';
import { existsSync, readFileSync } from '../workspace/files.ts';

const boundaries = '@nx/enforce-module-boundaries';

/**
 * How often each rule found something when the repository was last linted; nx does that before the report.
 * @throws Error when it was not linted
 */
export function ruleFindings(root: string): Readonly<Record<string, number>> {
  const file = join(root, '.compliance/lint.json');
  if (!existsSync(file)) throw new Error('There are no findings of lint. Run: npx nx run workspace:lint');
  const { counts } = JSON.parse(readFileSync(file)) as { counts: Readonly<Record<string, number>> };
  const rules = [...bulkheadRules.map(({ name }) => `bulkhead/${name}`), boundaries];
  return Object.fromEntries(rules.map((rule) => [rule, counts[rule] ?? 0]));
}
