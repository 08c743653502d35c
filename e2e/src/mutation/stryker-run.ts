import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MutatedArea } from './mutated-areas.ts';

/** A change that no test has noticed. */
export interface Survivor {
  readonly place: string;
  readonly was: string;
  readonly became: string;
}

/** What became of an area's mutants. Source of the states: https://stryker-mutator.io/docs/mutation-testing-elements/mutant-states-and-metrics/ */
export interface MutationOutcome {
  /** Noticed by a failed test, or by one that did not end. */
  readonly detected: number;
  /** All that could be run. */
  readonly valid: number;
  readonly survivors: readonly Survivor[];
}

interface StrykerReport {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string;
        readonly mutants: readonly {
          readonly status: string;
          readonly replacement?: string;
          readonly location: {
            readonly start: { readonly line: number; readonly column: number };
            readonly end: { readonly line: number; readonly column: number };
          };
        }[];
      }
    >
  >;
}

/**
 * Mutates the files where they are: run it in a copy.
 * @throws Error with the end of the output when there is no report
 */
export async function runStryker(root: string, area: MutatedArea): Promise<MutationOutcome> {
  await writeFile(join(root, 'stryker.config.json'), JSON.stringify(configFor(root, area)));
  const output = await stryker(root);
  const text = await readFile(join(root, 'mutation.json'), 'utf8').catch(() => {
    throw new Error(`Stryker made no report:\n${output.slice(-2_000)}`);
  });
  return outcomeIn(JSON.parse(text) as StrykerReport);
}

/** See https://stryker-mutator.io/docs/stryker-js/configuration/ */
const configFor = (root: string, { project, files, specs }: MutatedArea) => ({
  testRunner: 'jest',
  // As the jest of every project is started: its modules are native ones.
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  inPlace: true,
  concurrency: 2,
  // Native modules stay in memory with every run of jest, some hundred megabytes each.
  maxTestRunnerReuse: 5,
  coverageAnalysis: 'perTest',
  timeoutMS: 20_000,
  disableTypeChecks: false,
  mutate: files.map((file) => `${project}/${file}`),
  // A text of an error may be another; its code may not, which is in the errors' own files.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['json'],
  jsonReporter: { fileName: 'mutation.json' },
  jest: {
    configFile: 'jest.config.mjs',
    enableFindRelatedTests: false,
    config: { rootDir: join(root, project), testMatch: specs.map((spec) => `<rootDir>/${spec}`) },
  },
});

function outcomeIn({ files }: StrykerReport): MutationOutcome {
  const mutants = Object.entries(files).flatMap(([file, { source, mutants: all }]) =>
    all.map((mutant) => ({ ...mutant, file, source })),
  );
  const isDetected = (status: string): boolean => status === 'Killed' || status === 'Timeout';
  const valid = mutants.filter(
    ({ status }) => isDetected(status) || status === 'Survived' || status === 'NoCoverage',
  );
  const survivors = valid
    .filter(({ status }) => !isDetected(status))
    .map(({ file, source, replacement = '', location: { start, end } }) => ({
      place: `${file}:${start.line}:${start.column}`,
      was: excerpt(source, start, end),
      became: replacement,
    }));
  return { detected: valid.length - survivors.length, valid: valid.length, survivors };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function excerpt(source: string, start: Position, end: Position): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = lines[last]?.slice(0, end.column - 1) ?? '';
  lines[0] = lines[0]?.slice(start.column - 1) ?? '';
  return lines.join('\n');
}

function stryker(root: string): Promise<string> {
  return new Promise((resolve) => {
    const program = join('node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
    const child = spawn(process.execPath, [program, 'run', 'stryker.config.json'], { cwd: root });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const end = (): void => void child.kill();
    process.once('exit', end);
    child.on('close', () => {
      process.off('exit', end);
      resolve(output);
    });
  });
}
