import { EventEmitter } from 'node:events';
import { SendWindow } from './send-window.ts';

const KIB = 1024;

/** An engine connection as far as the outbox sees it, with a client that answers heartbeats when it is told to. */
class FakeConnection extends EventEmitter {
  readonly transport = { name: 'websocket', socket: { bufferedAmount: 0 } };
  pings = 0;

  sendPacket(type: string, data?: string): void {
    if (type === 'ping') this.pings += 1;
    this.emit('packetCreate', { type, data });
  }

  /** Sends so many bytes, as one packet that the network takes at once. */
  async send(bytes: number): Promise<void> {
    this.sendPacket('message', 'x'.repeat(bytes));
    await Promise.resolve();
  }

  answerHeartbeats(count = this.pings): void {
    for (let index = 0; index < count; index += 1) this.emit('heartbeat');
    this.pings -= count;
  }
}

function open(limit = 1024 * KIB) {
  const connection = new FakeConnection();
  return { connection, outbox: new SendWindow(connection, limit) };
}

/** Sends for as long as there is room, and nothing is confirmed. */
async function fill(connection: FakeConnection, outbox: SendWindow): Promise<void> {
  while (outbox.hasRoom) {
    await connection.send(64 * KIB);
    outbox.flushed();
  }
}

describe('the outbox of a connection', () => {
  it('counts what was sent until the client answers a heartbeat that was sent behind it', async () => {
    const { connection, outbox } = open();
    await connection.send(100 * KIB);
    outbox.flushed();
    expect([outbox.size, connection.pings]).toEqual([100 * KIB, 1]);
    await connection.send(10 * KIB);
    outbox.flushed();
    connection.answerHeartbeats();
    expect(outbox.size).toBe(10 * KIB);
  });

  it('asks for a heartbeat once per 64 KiB, not once per event', async () => {
    const { connection } = open();
    for (let index = 0; index < 256; index += 1) await connection.send(KIB);
    expect(connection.pings).toBe(4);
  });

  it('has room for 64 KiB before anything is confirmed, and again when that is', async () => {
    const { connection, outbox } = open();
    await fill(connection, outbox);
    expect(outbox.size).toBe(64 * KIB);
    const waiting = outbox.untilRoom(new AbortController().signal);
    connection.answerHeartbeats();
    await waiting;
    expect(outbox.hasRoom).toBe(true);
  });

  it('has room for as much more as the client has confirmed, and never for more than the limit', async () => {
    const { connection, outbox } = open(768 * KIB);
    const sizes: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await fill(connection, outbox);
      sizes.push(outbox.size / KIB);
      connection.answerHeartbeats();
    }
    // The last 128 KiB are kept free.
    expect(sizes).toEqual([64, 128, 256, 512, 640]);
  });

  it('counts what waits in this process, whatever a client that answers without reading says', async () => {
    const { connection, outbox } = open(512 * KIB);
    await connection.send(500 * KIB);
    connection.answerHeartbeats();
    expect([outbox.hasRoom, outbox.isOverfull]).toEqual([false, false]);
    outbox.flushed();
    expect(outbox.hasRoom).toBe(true);
    connection.transport.socket.bufferedAmount = 600 * KIB;
    expect([outbox.hasRoom, outbox.isOverfull]).toEqual([false, true]);
  });

  it('lets go of who waits for room when the delivery is stopped', async () => {
    const { outbox } = open();
    const abort = new AbortController();
    const waiting = outbox.untilRoom(abort.signal);
    abort.abort();
    await expect(waiting).resolves.toBeUndefined();
  });

  it('says for how long a client that was sent much has confirmed nothing', async () => {
    const { connection, outbox } = open();
    await connection.send(60 * KIB);
    expect([outbox.tick(), outbox.tick()]).toEqual([0, 0]);
    await connection.send(100 * KIB);
    expect([outbox.tick(), outbox.tick(), outbox.tick()]).toEqual([1, 2, 3]);
    connection.answerHeartbeats();
    outbox.flushed();
    expect(outbox.tick()).toBe(0);
  });

  it('takes a slow client that confirms something for a living one', async () => {
    const { connection, outbox } = open();
    for (let index = 0; index < 10; index += 1) {
      await connection.send(64 * KIB);
      outbox.flushed();
    }
    expect([outbox.tick(), outbox.tick()]).toEqual([1, 2]);
    connection.answerHeartbeats(1);
    expect(outbox.tick()).toBe(1);
  });
});
