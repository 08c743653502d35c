import { mkdirSync, writeFileSync } from 'node:fs';
import { ESLint } from 'eslint';

/** What ESLint prints by itself, and beside it how often each rule found something, for the compliance report. */
export default async function format(results, context) {
  const counts = {};
  for (const { ruleId } of results.flatMap(({ messages }) => messages)) {
    if (ruleId) counts[ruleId] = (counts[ruleId] ?? 0) + 1;
  }
  mkdirSync('.compliance', { recursive: true });
  writeFileSync('.compliance/lint.json', `${JSON.stringify({ files: results.length, counts })}\n`);
  const usual = await new ESLint({ overrideConfigFile: true }).loadFormatter('stylish');
  return usual.format(results, context);
}
