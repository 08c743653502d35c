import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Builds what is stale of an app and runs it in this process, so that signals reach it directly. */
export async function runApp(project, entry) {
  const nx = join('node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const build = spawnSync(process.execPath, [nx, 'run', `${project}:build`, '--outputStyle=static'], {
    encoding: 'utf8',
  });
  if (build.status !== 0) {
    process.stderr.write(`${build.stdout}${build.stderr}`);
    process.exit(1);
  }
  if (existsSync('.env')) process.loadEnvFile('.env');
  await import(pathToFileURL(join(process.cwd(), entry)).href);
}
