import { runApp } from './run-app.mjs';

await runApp('apps/gateway', 'apps/gateway/dist/audit/main.js');
