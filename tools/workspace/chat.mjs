import { runApp } from './run-app.mjs';

await runApp('chat', 'apps/chat/dist/main.js');
