import { runApp } from './run-app.mjs';

await runApp('tools/benchmark', 'tools/benchmark/dist/main.js');
