import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEnvironment } from '../evidence/environment.ts';
import type { Verdict } from '../evidence/evidence.ts';
import type { SuiteReport } from '../evidence/run-suites.ts';
import { WorkingCopy } from '../sabotage/working-copy.ts';
import { mutatedAreas, reportNameOf, type MutatedArea } from './mutated-areas.ts';
import { runStryker } from './stryker-run.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
/** Per cent of the mutants of an area that must be noticed. */
const FLOOR = 85;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** Changes the code of promises in every small way that there is, and sees whether a spec notices. */
async function main(words: readonly string[]): Promise<void> {
  const chosen = mutatedAreas.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  let passed = 0;
  for (const area of chosen) {
    const [environment, startedAt] = [describeEnvironment(), new Date()];
    const verdict = await judge(area);
    if (verdict.verdict === 'passed') passed += 1;
    await keep({
      suite: reportNameOf(area),
      promise: `A small change of the code of ${area.name} makes a spec fail.`,
      tried:
        'Stryker makes every small change that it knows (conditions, operators, blocks, values other than texts), one at a time, and runs the specs.',
      size: 'long',
      judgesTargets: true,
      environment,
      startedAt: startedAt.toISOString(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 1_000),
      verdicts: [verdict],
      figures: {},
      series: {},
    });
  }
  write(`\n${passed} passed, ${chosen.length - passed} failed`);
  process.exitCode = passed === chosen.length && passed > 0 ? 0 : 1;
}

async function judge(area: MutatedArea): Promise<Verdict> {
  const claim = `at least ${FLOOR} % of all mutants of ${area.name} are noticed (${area.files.join(', ')})`;
  const copy = await WorkingCopy.of(repository);
  try {
    await rm(join(copy.root, 'mutation.json'), { force: true });
    const { detected, valid, survivors } = await runStryker(copy.root, area);
    const score = (100 * detected) / valid;
    for (const { place, was, became } of survivors) write(`    survived ${place}: ${was} → ${became}`);
    const verdict = score >= FLOOR ? 'passed' : 'failed';
    const figure = `${score.toFixed(1)} %, ${detected} of ${valid}`;
    write(`  ${verdict} ${claim}: ${figure}`);
    return { claim, figure, verdict };
  } catch (error) {
    write(`  failed ${claim}: ${(error as Error).message}`);
    return { claim, figure: (error as Error).message.slice(0, 500), verdict: 'failed' };
  } finally {
    await copy.remove();
  }
}

async function keep(report: SuiteReport): Promise<void> {
  await mkdir('.evidence', { recursive: true });
  await writeFile(
    join('.evidence', `${report.suite.replaceAll(/\W+/g, '-')}.json`),
    `${JSON.stringify(report, undefined, 2)}\n`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
});
