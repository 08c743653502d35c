import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEnvironment } from '../evidence/environment.ts';
import type { Verdict } from '../evidence/evidence.ts';
import type { SuiteReport } from '../evidence/run-suites.ts';
import { runGuard, type GuardOutcome } from './guard-run.ts';
import { describeGuard, type Sabotage } from './sabotage.ts';
import { sabotages } from './sabotages.ts';
import { WorkingCopy } from './working-copy.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const write = (line: string): void => void process.stdout.write(`${line}\n`);

const help = `npm run sabotage -- [word …]

Plants ${sabotages.length} defects, one at a time, in a copy of the tree, and holds that the guard of each fails then, and
passes without it. With words: the defects whose names have one of them, without writing a result.

${sabotages.map(({ name, guard }) => `  ${name}\n      ${describeGuard(guard)}`).join('\n')}

The last line is "N passed, N failed"; the exit code is 1 if anything failed. The result of all of them goes to
.evidence/sabotage.json, for npm run evidence -- report.
`;

async function main(words: readonly string[]): Promise<void> {
  if (words.includes('--help')) return write(help);
  const chosen = sabotages.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  const [environment, startedAt] = [describeEnvironment(), new Date()];
  const copy = await WorkingCopy.of(repository);
  const verdicts: Verdict[] = [];
  try {
    const sound = new Map<string, Promise<GuardOutcome>>();
    for (const sabotage of chosen) {
      const verdict = await tryOne(copy, sabotage, sound);
      verdicts.push(verdict);
      write(`  ${verdict.verdict.padEnd(6)} ${verdict.claim}: ${verdict.figure}`);
    }
  } finally {
    await copy.remove();
  }
  const caught = verdicts.filter(({ verdict }) => verdict === 'passed').length;
  if (words.length === 0) {
    await keep({
      suite: 'sabotage',
      promise: 'A defect that breaks a promise makes a suite fail.',
      tried: `${chosen.length} defects are planted, one at a time, in a copy of the tree; the guard of each is run with it and without it.`,
      size: 'long',
      judgesTargets: true,
      environment,
      startedAt: startedAt.toISOString(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 1_000),
      verdicts,
      figures: { caught: `${caught} of ${chosen.length}` },
      series: {},
    });
  }
  write(`\n${caught} passed, ${verdicts.length - caught} failed`);
  process.exitCode = caught === verdicts.length && caught > 0 ? 0 : 1;
}

/** @param sound what the guards say of the sound tree, each asked once */
async function tryOne(
  copy: WorkingCopy,
  { name, breaks, places, guard }: Sabotage,
  sound: Map<string, Promise<GuardOutcome>>,
): Promise<Verdict> {
  const key = describeGuard(guard);
  const verdict = (is: Verdict['verdict'], figure: string): Verdict => ({
    claim: `${name} (breaks: ${breaks})`,
    figure,
    verdict: is,
  });
  if (!sound.has(key)) sound.set(key, runGuard(copy.root, guard));
  const without = await sound.get(key);
  if (!without || without.failures.length > 0 || without.trouble !== undefined) {
    const why = without?.trouble ?? without?.failures.join('; ');
    return verdict('failed', `${key} fails on the sound tree: ${why}`);
  }
  try {
    const { failures, trouble } = await copy.whileDamaged(places, () => runGuard(copy.root, guard));
    if (failures.length === 0)
      return verdict('failed', `not caught by ${key}${trouble === undefined ? '' : `: ${trouble}`}`);
    const more = failures.length > 1 ? `, and ${failures.length - 1} more` : '';
    return verdict('passed', `caught by ${key}: ${failures[0]}${more}`);
  } catch (error) {
    return verdict('failed', `can't be planted any more: ${(error as Error).message}`);
  }
}

async function keep(report: SuiteReport): Promise<void> {
  await mkdir('.evidence', { recursive: true });
  await writeFile(join('.evidence', 'sabotage.json'), `${JSON.stringify(report, undefined, 2)}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
});
