import { readCommand, UsageError } from './evidence-options.ts';
import type { EvidenceSuite } from './evidence-suite.ts';
import { countVerdicts, runSuites, type SuiteReport } from './run-suites.ts';

const suite = (name: string, run: EvidenceSuite['run']): EvidenceSuite => ({
  name,
  promise: 'It holds.',
  tried: 'By a function.',
  run,
});

async function reportOf(run: EvidenceSuite['run'], ...args: string[]): Promise<SuiteReport> {
  const command = readCommand(args, [suite('one', run)]);
  const reports: SuiteReport[] = [];
  await runSuites(
    command,
    () => undefined,
    (report) => Promise.resolve(void reports.push(report)),
  );
  const report = reports.at(-1);
  if (!report) throw new Error('No suite ran.');
  return report;
}

const verdictsOf = (report: SuiteReport): string[] => report.verdicts.map(({ verdict }) => verdict);

describe('evidence', () => {
  it('fails by a check that does not hold', async () => {
    const report = await reportOf((evidence) => {
      evidence.check('nothing is lost', true, 0);
      evidence.check('nothing is doubled', false, 3);
      return Promise.resolve();
    });
    expect(verdictsOf(report)).toEqual(['passed', 'failed']);
    expect(countVerdicts([report])).toEqual({ passed: 1, failed: 1, missed: 0 });
  });

  it('fails by an error that escapes the suite', async () => {
    const report = await reportOf(() => Promise.reject(new Error('broken')));
    expect(report.verdicts).toEqual([
      expect.objectContaining({ verdict: 'failed', figure: expect.stringContaining('broken') as string }),
    ]);
  });

  it('judges a time, unless it is asked to report it only', async () => {
    const late: EvidenceSuite['run'] = (evidence) => {
      evidence.target('is fast', false, '9 s');
      return Promise.resolve();
    };
    expect(verdictsOf(await reportOf(late))).toEqual(['failed']);
    expect(verdictsOf(await reportOf(late, '--functional'))).toEqual(['missed']);
  });

  it('still judges what must hold when times are only reported', async () => {
    const lossy: EvidenceSuite['run'] = (evidence) => {
      evidence.check('nothing is lost', false, 1);
      return Promise.resolve();
    };
    expect(verdictsOf(await reportOf(lossy, '--functional'))).toEqual(['failed']);
  });

  it('cleans up in reverse, all of it, also after an error', async () => {
    const order: number[] = [];
    const report = await reportOf((evidence) => {
      evidence.defer(() => order.push(1));
      evidence.defer(() => Promise.reject(new Error('stuck')));
      evidence.defer(() => order.push(3));
      throw new Error('broken');
    });
    expect(order).toEqual([3, 1]);
    expect(verdictsOf(report)).toEqual(['failed', 'failed']);
  });

  it('runs so many suites at once, each of them once', async () => {
    let [running, most] = [0, 0];
    const slow = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    };
    const known = ['a', 'b', 'c', 'd', 'e'].map((name) => suite(name, slow));
    const names: string[] = [];
    await runSuites(
      readCommand(['--at-once', '2'], known),
      () => undefined,
      ({ suite: name, verdicts }) => Promise.resolve(void (verdicts.length === 0 && names.push(name))),
    );
    expect(most).toBe(2);
    expect(names.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('runs the suites that are named, or all', () => {
    const known = ['a', 'b', 'c'].map((name) => suite(name, () => Promise.resolve()));
    const namesOf = (...args: string[]): string[] => readCommand(args, known).suites.map(({ name }) => name);
    expect(namesOf()).toEqual(['a', 'b', 'c']);
    expect(namesOf('c', 'a', '--long')).toEqual(['a', 'c']);
    expect(() => namesOf('d')).toThrow(UsageError);
    expect(() => namesOf('--fast')).toThrow(UsageError);
    expect(() => namesOf('--at-once', '0')).toThrow(UsageError);
  });
});
