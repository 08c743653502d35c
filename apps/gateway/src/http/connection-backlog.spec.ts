import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { acceptBacklogFirst, type BacklogLimits } from './connection-backlog.ts';

const REQUEST = 'GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n';
const CROWD = 100;
const limits: BacklogLimits = { servedAtOnce: 8, heldAtMost: 500, heldForMs: 60_000 };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server that notes what it does, in order. */
async function start(options?: BacklogLimits) {
  const steps: ('accepted' | 'served')[] = [];
  const server: Server = createServer((_request, response) => {
    steps.push('served');
    response.end('here');
  });
  if (options) acceptBacklogFirst(server, options);
  server.prependListener('connection', () => steps.push('accepted'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cleanups.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const open = (): Socket => connect(port, '127.0.0.1');
  const ask = async (): Promise<string> => {
    const socket = open();
    socket.write(REQUEST);
    return text(socket);
  };
  const servedBeforeAccepted = (count: number): number => {
    const last = steps.flatMap((step, index) => (step === 'accepted' ? [index] : []))[count - 1];
    return steps.slice(0, last).filter((step) => step === 'served').length;
  };
  const served = (): number => steps.filter((step) => step === 'served').length;
  return { server, open, ask, served, servedBeforeAccepted };
}

const crowdOf = <T>(count: number, member: () => T): T[] => Array.from({ length: count }, member);

describe('the backlog of connections', () => {
  it('is accepted before it is served, and everybody in it is answered', async () => {
    const { ask, servedBeforeAccepted } = await start(limits);
    const answers = await Promise.all(crowdOf(CROWD, ask));
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 200'))).toHaveLength(CROWD);
    expect(servedBeforeAccepted(CROWD)).toBeLessThanOrEqual(limits.servedAtOnce);
  });

  it('is served while it is accepted by a server that is left to itself', async () => {
    const { ask, servedBeforeAccepted } = await start();
    await Promise.all(crowdOf(CROWD, ask));
    expect(servedBeforeAccepted(CROWD)).toBeGreaterThan(CROWD / 2);
  });

  it('is served in between once it is as long as may be held', async () => {
    const { ask, servedBeforeAccepted } = await start({ ...limits, heldAtMost: 20 });
    await Promise.all(crowdOf(CROWD, ask));
    expect(servedBeforeAccepted(CROWD)).toBeGreaterThan(limits.servedAtOnce);
  });

  it('is served in between once it was held for as long as may be', async () => {
    const { ask, servedBeforeAccepted } = await start({ ...limits, heldForMs: 0 });
    await Promise.all(crowdOf(CROWD, ask));
    expect(servedBeforeAccepted(CROWD)).toBeGreaterThan(limits.servedAtOnce);
  });

  it('holds nobody who comes alone', async () => {
    const { ask } = await start({ servedAtOnce: 1, heldAtMost: 0, heldForMs: 0 });
    for (let index = 0; index < 5; index += 1) expect(await ask()).toContain('200 OK');
  });

  it('outlives connections that break while they are held', async () => {
    const { ask, open, server } = await start(limits);
    const breaking = crowdOf(CROWD, open);
    server.on('connection', () => {
      for (const socket of breaking) socket.resetAndDestroy();
    });
    expect(await ask()).toContain('200 OK');
  });

  it('is not served by a server that has ended', async () => {
    const { open, server, served } = await start(limits);
    const sockets = crowdOf(CROWD, () => open().setEncoding('utf8'));
    for (const socket of sockets) socket.on('error', () => undefined).write(REQUEST);
    let accepted = 0;
    server.on('connection', () => {
      accepted += 1;
      if (accepted === CROWD) server.close();
    });
    await Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    expect(served()).toBeLessThanOrEqual(limits.servedAtOnce);
  });
});
