import { spawn } from 'node:child_process';

const flags = [
  '--conditions=@bulkhead/source',
  '--import',
  './tools/workspace/swc-hook.mjs',
  '--no-warnings',
];
const child = spawn(process.execPath, [...flags, 'e2e/src/mutation/main.ts', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
