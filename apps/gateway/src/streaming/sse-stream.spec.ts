import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ThreadEvent } from '@bulkhead/events';

setFlagsFromString('--expose-gc');
// Compiled code forgets what it needs no more, which interpreted code keeps: what only that keeps alive is found out.
setFlagsFromString('--always-turbofan');
const { SseStream } = await import('./sse-stream.ts');
const collectGarbage = runInNewContext('gc') as () => void;

const large = (seq: number): ThreadEvent => ({
  ...{ eventId: 'e', threadId: 't', runId: 'r', requestId: 'q', agentName: 'a', operationDepth: 0 },
  ...{ seq, at: '2026-01-01T00:00:00.000Z' },
  type: 'message_delta',
  data: { step: 1, text: 'x'.repeat(1_000_000) },
});

let server: Server;
const clients: Socket[] = [];
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  setFlagsFromString('--no-always-turbofan');
  for (const client of clients) client.destroy();
  server.close();
});

/** A response that a client has asked for, and does not read. */
async function unread(): Promise<ServerResponse> {
  const requested = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  clients.push(client.pause());
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  return (await requested)[1];
}

describe('an answer of server-sent events', () => {
  it('begins at once, and tells proxies to hold nothing back', async () => {
    const requested = once(server, 'request') as Promise<[unknown, ServerResponse]>;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    clients.push(client);
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const stream = new SseStream((await requested)[1], {});
    let text = '';
    for await (const chunk of client) {
      text += String(chunk);
      if (text.includes(': open\n\n')) break;
    }
    expect(text).toMatch(/x-accel-buffering: no/i);
    stream.close();
  });
});

describe('a stream of server-sent events', () => {
  it('gives up a client that takes nothing in, also when garbage is collected meanwhile', async () => {
    const stream = new SseStream(await unread(), {}, 300);
    const sending = (async () => {
      for (let seq = 1; ; seq += 1) if (!(await stream.send(large(seq)))) return seq;
    })();
    let isOver = false;
    void sending.finally(() => (isOver = true));
    while (!isOver) {
      await delay(20);
      collectGarbage();
    }
    expect(await sending).toBeGreaterThan(1);
    stream.close();
  });

  it('waits for nobody once it is closed', async () => {
    const stream = new SseStream(await unread(), {});
    const sending = (async () => {
      for (let seq = 1; !stream.signal.aborted; seq += 1) await stream.send(large(seq));
    })();
    await delay(50);
    stream.close();
    await sending;
  });
});
