import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

// TypeScript 7 compiles; it has no API for ESLint and Nx, which use TypeScript 6.
const compiler = join('node_modules', 'typescript-7', 'bin', 'tsc');
const [project] = process.argv.slice(2);

// tsc never removes what a deleted source left behind.
rmSync(join(project, 'dist'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', join(project, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
