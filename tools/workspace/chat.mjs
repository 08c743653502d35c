import { runApp } from './run-app.mjs';

await runApp('apps/chat', 'apps/chat/dist/main.js');
