import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/**
 * The floor: Socket.IO and nothing else. Answers each `run` with as many events as a run of the gateway has, of
 * the same shape; no user, no model, no database.
 */
const events = Number(process.argv[2]);
const http = createServer();
const io = new Server(http, { serveClient: false });

const envelope = (seq: number) => ({
  eventId: 'b6b2b1a0-0000-4000-8000-000000000000',
  seq,
  type: 'message_delta',
  threadId: 'b6b2b1a0-0000-4000-8000-000000000001',
  runId: 'b6b2b1a0-0000-4000-8000-000000000002',
  requestId: 'b6b2b1a0-0000-4000-8000-000000000003',
  agentName: 'assistant',
  operationDepth: 0,
  at: new Date().toISOString(),
  data: { step: 1, text: ` word${seq}` },
});

io.on('connection', (socket) => {
  socket.on('run', (_content: string, acknowledge: (answer: object) => void) => {
    acknowledge({ ok: true });
    for (let seq = 1; seq <= events; seq++) socket.emit('message_delta', envelope(seq));
  });
});

http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`The floor is ready at http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
