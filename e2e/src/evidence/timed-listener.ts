import { io, type Socket } from 'socket.io-client';

/** A bare connection that notes how long each event took from where it was made. Says more than a client would. */
export class TimedListener {
  /** Milliseconds from each event's `at` to its arrival; both are of this machine's clock. */
  times: number[] = [];
  lastWord: unknown;

  private constructor(private readonly socket: Socket) {
    socket.onAny((name: string, payload: { readonly at?: string }) => {
      if (name === 'connection_closing') this.lastWord = payload;
      else if (payload.at !== undefined) this.times.push(Date.now() - Date.parse(payload.at));
    });
  }

  static async connect(url: string, token: string): Promise<TimedListener> {
    const auth = { token };
    const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
    const listener = new TimedListener(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('connect_error', reject);
    });
    return listener;
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  /** Sends a frame, and waits for its answer. @throws Error when it is refused */
  async ask<Data>(name: string, payload: object): Promise<Data> {
    const answer: unknown = await this.socket.timeout(30_000).emitWithAck(name, payload);
    const { ok, data } = answer as { readonly ok: boolean; readonly data: Data };
    if (!ok) throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return data;
  }

  /** Takes nothing in any more, and says nothing. */
  pause(): void {
    this.#network.pause();
  }

  resume(): void {
    this.#network.resume();
  }

  close(): void {
    this.socket.disconnect();
  }

  /** The connection below Socket.IO. */
  get #network(): { pause(): void; resume(): void } {
    const ws = Reflect.get(this.socket.io.engine.transport, 'ws') as object;
    return Reflect.get(ws, '_socket') as { pause(): void; resume(): void };
  }
}
