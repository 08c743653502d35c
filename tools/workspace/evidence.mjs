import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

// The suites try the built server; they themselves run from source, as development does.
const nx = join('node_modules', 'nx', 'dist', 'bin', 'nx.js');
const isReportOnly = process.argv[2] === 'report';
const build = isReportOnly
  ? undefined
  : spawnSync(
      process.execPath,
      [nx, 'run-many', '-t', 'build', '-p', 'gateway', 'chat', '--outputStyle=static'],
      { encoding: 'utf8' },
    );
if (build && build.status !== 0) {
  process.stderr.write(`${build.stdout}${build.stderr}`);
  process.exit(1);
}
const suites = spawn(
  process.execPath,
  [
    ...['--conditions=@bulkhead/source', '--import', './tools/workspace/swc-hook.mjs', '--no-warnings'],
    ...['e2e/src/evidence/main.ts', ...process.argv.slice(2)],
  ],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => suites.kill(signal));
suites.on('exit', (code) => process.exit(code ?? 1));
