import { spawnSync } from 'node:child_process';

// Sources run as they are: the export condition finds them, the hook compiles them.
const hook = new URL('../workspace/swc-hook.mjs', import.meta.url).href;
const main = new URL('./src/main.ts', import.meta.url).pathname;
const flags = ['--conditions=@bulkhead/source', '--no-warnings', '--import', hook];
const { status } = spawnSync(process.execPath, [...flags, main, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
