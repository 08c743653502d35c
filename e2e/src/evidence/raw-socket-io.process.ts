import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';

// A server of nothing but Socket.IO, to compare with: whoever asks is sent so many events, and nothing is checked or
// stored. Tells its parent the port, and ends when that hangs up.

/** As large as an event of a run. */
const padding = 'x'.repeat(280);

const answer = (
  socket: Socket,
  { events }: { readonly events: number },
  done: (answer: object) => void,
): void => {
  done({ ok: true, data: {} });
  for (let seq = 1; seq <= events; seq += 1) {
    socket.emit('message_delta', { seq, at: new Date().toISOString(), padding });
  }
};

const http = createServer();
const io = new Server(http);
io.on('connection', (socket) => {
  socket.on('ask', (request: { readonly events: number }, done: (answer: object) => void) =>
    answer(socket, request, done),
  );
});
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
