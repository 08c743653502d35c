import { runApp } from './run-app.mjs';

await runApp('gateway', 'apps/gateway/dist/audit/main.js');
