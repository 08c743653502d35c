import { runApp } from './run-app.mjs';

await runApp('benchmark', 'tools/benchmark/dist/main.js');
