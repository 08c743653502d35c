import { spawn } from 'node:child_process';

// Sources run as they are: the export condition finds them, the hook compiles them.
const child = spawn(
  process.execPath,
  [
    '--watch',
    '--conditions=@bulkhead/source',
    '--import',
    new URL('./swc-hook.mjs', import.meta.url).href,
    'apps/gateway/src/main.ts',
  ],
  { stdio: 'inherit' },
);
child.on('exit', (code) => process.exit(code ?? 0));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
