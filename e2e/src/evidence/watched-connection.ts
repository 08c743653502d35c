import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';

/** How often a connection that is about to end tries to do something, in milliseconds. */
const PROBE_MS = 25;
const PROBE_TIMEOUT_MS = 2_000;

/** A connection that notes until when it was served. */
export class WatchedConnection {
  /** When the last thing came, or was accepted: milliseconds on this process's clock. */
  lastServedAt = 0;
  closedAt: number | undefined;
  closingReason: string | undefined;
  /** Events that came after the server had said that it closes. */
  servedAfterEnd = 0;
  #isWatching = true;
  #threadId = '';

  private constructor(
    private readonly socket: Socket,
    readonly userId: string,
    readonly token: string,
    readonly node: number,
  ) {
    socket.onAny((name: string, payload: { reason?: string }) => {
      if (name === 'connection_closing') this.closingReason = payload.reason;
      else if (this.closingReason !== undefined) this.servedAfterEnd += 1;
      else this.#served();
    });
    socket.on('disconnect', () => (this.closedAt = performance.now()));
  }

  /** Connects, and follows a thread of its own. */
  static async open(url: string, userId: string, token: string, node: number): Promise<WatchedConnection> {
    const socket = io(url, {
      auth: { token },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('connect_error', reject);
    });
    const connection = new WatchedConnection(socket, userId, token, node);
    const answer = (await socket.timeout(30_000).emitWithAck('thread_subscribe', {})) as {
      ok: boolean;
      data: { threadId: string };
    };
    if (!answer.ok) throw new Error(`The thread was refused: ${JSON.stringify(answer)}`);
    connection.#threadId = answer.data.threadId;
    return connection;
  }

  /** Tries one thing after the other until nothing is accepted any more. */
  async probe(): Promise<void> {
    while (this.#isWatching && this.closedAt === undefined) {
      const answer = (await this.socket
        .timeout(PROBE_TIMEOUT_MS)
        .emitWithAck('thread_unsubscribe', { threadId: this.#threadId })
        .catch(() => ({ ok: false }))) as { ok: boolean };
      // An answer that came with the last packet is read after the end is known.
      if (answer.ok && this.closedAt === undefined) this.#served();
      await sleep(PROBE_MS);
    }
  }

  close(): void {
    this.#isWatching = false;
    this.socket.disconnect();
  }

  #served(): void {
    this.lastServedAt = performance.now();
  }
}
