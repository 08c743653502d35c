import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Guard } from './sabotage.ts';

/** Longer than any guard takes on a busy machine; a guard that hangs has not caught anything. */
const PATIENCE_MS = 300_000;

/** What a guard says of a tree. */
export interface GuardOutcome {
  /** The tests or claims that failed, by their names; empty when all hold. */
  readonly failures: readonly string[];
  /** Why it could not judge: nothing ran, a file does not load, it did not end. */
  readonly trouble?: string;
}

/** The servers that end-to-end specs try are built ones. */
const build = [
  ...['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build', '-p', 'gateway', 'chat'],
  '--outputStyle=static',
];

/** Runs a guard in a tree. */
export function runGuard(root: string, guard: Guard): Promise<GuardOutcome> {
  return 'suite' in guard ? runSuite(root, guard.suite) : runSpec(root, guard);
}

interface JestReport {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

async function runSpec(root: string, { spec, test }: { spec: string; test?: string }): Promise<GuardOutcome> {
  const [, project = '', file = ''] = /^([^/]+\/[^/]+|e2e)\/(src\/.*)$/.exec(spec) ?? [];
  if (project === 'e2e') await node(root, build);
  const answer = join(root, 'sabotage-guard.json');
  await rm(answer, { force: true });
  const output = await node(root, [
    ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
    ...['--rootDir', project, '--runInBand', '--json', '--outputFile', answer, '--forceExit'],
    ...(test === undefined ? [] : ['--testNamePattern', test]),
    `${project}/${file}$`,
  ]);
  const report = await readJson<JestReport>(answer);
  if (!report) return { failures: [], trouble: `it did not end: ${output.slice(-300)}` };
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failures = results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  if (failures.length > 0) return { failures };
  if (report.numRuntimeErrorTestSuites > 0 || report.numPassedTests === 0) {
    return { failures, trouble: `no test ran: ${report.testResults[0]?.message.slice(0, 300) ?? ''}` };
  }
  return { failures };
}

interface SuiteResult {
  readonly seconds: number;
  readonly verdicts: readonly { readonly claim: string; readonly verdict: string }[];
}

async function runSuite(root: string, suite: string): Promise<GuardOutcome> {
  const output = await node(root, ['tools/workspace/evidence.mjs', suite, '--functional']);
  const result = await readJson<SuiteResult>(join(root, '.evidence', `${suite}.json`));
  if (!result) return { failures: [], trouble: `it did not end: ${output.slice(-300)}` };
  await rm(join(root, '.evidence', `${suite}.json`));
  // What a suite that was cut off has left behind.
  if (result.seconds === 0) return { failures: [], trouble: 'it did not end' };
  const failed = result.verdicts.filter(({ verdict }) => verdict === 'failed');
  return { failures: failed.map(({ claim }) => claim) };
}

const readJson = async <Content>(file: string): Promise<Content | undefined> =>
  readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Content,
    () => undefined,
  );

/** Runs node to its end, or to that of our patience. @returns what it wrote */
function node(root: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    // The whole group: a guard that hangs has servers and databases of its own.
    const end = (): void => void process.kill(-(child.pid ?? 0), 'SIGKILL');
    const patience = setTimeout(end, PATIENCE_MS);
    process.once('exit', end);
    child.on('close', () => {
      clearTimeout(patience);
      process.off('exit', end);
      resolve(output);
    });
  });
}
