import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFileSync } from '../workspace/files.ts';
import { baselineOf, regressions, shrunk, type Baseline } from './baseline.ts';
import { asHtml } from './html.ts';
import { measure } from './measure.ts';
import { partsOf, scoreOf, sum } from './measures.ts';

const baselineFile = 'tools/ssot/compliance-baseline.json';

/** Writes the report; fails when anything is worse than the baseline. `--shrink` takes what was mended off it. */
export async function report(root: string, args: readonly string[]): Promise<number> {
  const measures = await measure(root);
  const baseline = JSON.parse(readFileSync(join(root, baselineFile))) as Baseline;
  const now = baselineOf(measures);
  const worse = regressions(baseline, now);
  const out = join(root, '.compliance');
  mkdirSync(out, { recursive: true });
  const json = { score: scoreOf(measures), parts: partsOf(measures), worse, ...measures };
  writeFileSync(join(out, 'report.json'), `${JSON.stringify(json, null, 2)}\n`);
  writeFileSync(join(out, 'report.html'), asHtml(measures, worse));
  const { imports, edges, cycles, duplicates } = measures;
  console.log(
    `compliance ${json.score} of 100: ${sum(measures.violations)} violations, ${imports.canonical} of ${imports.all} imports canonical, ` +
      `${edges.used} of ${edges.allowed} edges used, ${cycles.length} cycles, ${duplicates.length} duplicates (.compliance/report.html)`,
  );
  for (const it of worse) console.error(`worse than ${baselineFile}: ${it}`);
  const smaller = shrunk(baseline, now);
  if (JSON.stringify(smaller) !== JSON.stringify(baseline)) {
    if (args.includes('--shrink'))
      writeFileSync(join(root, baselineFile), `${JSON.stringify(smaller, null, 2)}\n`);
    else console.log('Something was mended: npx nx run ssot:report -- --shrink');
  }
  return worse.length === 0 ? 0 : 1;
}
