import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ConnectionError } from './connection.error.ts';
import { sendRequest } from './http-request.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const timeout = AbortSignal.timeout.bind(AbortSignal);
let server: Server;
beforeAll(async () => {
  // Takes requests, and never answers.
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  AbortSignal.timeout = timeout;
  server.closeAllConnections();
  server.close();
});

describe('a request', () => {
  it('is given up when no answer comes, also when garbage is collected meanwhile', async () => {
    // Not a spy: it would keep what it returned.
    AbortSignal.timeout = () => timeout(300);
    const { port } = server.address() as AddressInfo;
    const { signal } = new AbortController();
    let error: unknown;
    sendRequest(`http://127.0.0.1:${port}`, { path: '/', signal }).catch(
      (reason: unknown) => (error = reason),
    );
    while (error === undefined) {
      await delay(20);
      collectGarbage();
    }
    expect(error).toBeInstanceOf(ConnectionError);
  });
});
