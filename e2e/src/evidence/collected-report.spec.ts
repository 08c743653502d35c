import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect, outcomeOf, readReports } from './collected-report.ts';
import type { Verdict } from './evidence.ts';
import { readCommand } from './evidence-options.ts';
import { reportPage } from './report-page.ts';
import { runSuites, type SuiteReport } from './run-suites.ts';

const verdict = (of: Verdict['verdict'], claim = 'nothing is lost'): Verdict => ({
  claim,
  figure: 3,
  verdict: of,
});

async function reports(): Promise<{ begun: SuiteReport; ended: SuiteReport }> {
  const kept: SuiteReport[] = [];
  const suite = { name: 'one', promise: 'It holds.', tried: 'By a function.', run: () => Promise.resolve() };
  await runSuites(
    readCommand([], [suite]),
    () => undefined,
    (report) => Promise.resolve(void kept.push(report)),
  );
  const [begun, ended] = kept;
  if (!begun || !ended) throw new Error('No suite ran.');
  return { begun, ended };
}

describe('the collected report', () => {
  const now = new Date('2030-01-02T03:04:05Z');

  it('counts a suite that was cut off as failed', async () => {
    const { begun } = await reports();
    expect(outcomeOf(begun)).toBe('failed');
    expect(collect([begun], ['one'], now)).toMatchObject({ passed: 0, failed: 1, notRun: [] });
  });

  it('counts a suite that has checked nothing as failed', async () => {
    expect(outcomeOf((await reports()).ended)).toBe('failed');
  });

  it('says of a time that was off that it was not judged, unless something failed too', async () => {
    const { ended } = await reports();
    expect(outcomeOf({ ...ended, verdicts: [verdict('passed')] })).toBe('passed');
    expect(outcomeOf({ ...ended, verdicts: [verdict('passed'), verdict('missed')] })).toBe('missed');
    expect(outcomeOf({ ...ended, verdicts: [verdict('missed'), verdict('failed')] })).toBe('failed');
  });

  it('has the suites in their order, others after them, and names those that were not run', async () => {
    const { ended } = await reports();
    const found = ['z', 'b', 'a'].map((suite) => ({ ...ended, suite }));
    const { suites, notRun } = collect(found, ['b', 'c', 'a'], now);
    expect(suites.map(({ suite }) => suite)).toEqual(['b', 'a', 'z']);
    expect(notRun).toEqual(['c']);
  });

  it('reads the reports of a folder, and leaves other files there alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bulkhead-report-'));
    const { ended } = await reports();
    await writeFile(join(folder, 'one.json'), JSON.stringify(ended));
    await writeFile(join(folder, 'bench.json'), '{"rounds":[]}');
    await writeFile(join(folder, 'report.html'), '<p>');
    expect(await readReports(folder)).toEqual([ended]);
    expect(await readReports(join(folder, 'absent'))).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('shows what failed and what was not run, each suite with its version and machine', async () => {
    const { ended } = await reports();
    const failed = { ...ended, verdicts: [verdict('passed'), verdict('failed', 'nobody <b>sees</b> it')] };
    const page = reportPage(collect([failed], ['one', 'two'], now));
    expect(page).toContain('1 claims held, 1 failed, 1 suites were not run');
    expect(page).toContain('<span class="mark failed">FAILED</span>');
    expect(page).toContain('<span class="mark not-run">not run</span>');
    expect(page).toContain(`commit ${ended.environment.commit}`);
    expect(page).toContain(ended.environment.postgresql);
    expect(page).not.toContain('<b>');
  });

  it('plots what was measured over time, and needs nothing from anywhere', async () => {
    const { ended } = await reports();
    const points = Array.from({ length: 2_000 }, (_, index): [number, number] => [index * 500, index % 90]);
    const page = reportPage(collect([{ ...ended, series: { 'heap, MiB': points } }], [], now));
    const [, line = ''] = /<polyline points="([^"]+)"/.exec(page) ?? [];
    expect(line.split(' ').length).toBeLessThanOrEqual(300);
    expect(page).toContain('heap, MiB');
    expect(page).not.toMatch(/https?:|<script|<link/);
  });
});
