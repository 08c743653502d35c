import type { Server, Socket } from 'node:net';

export interface BacklogLimits {
  /** Connections in a row that are served at once: fewer make no backlog. */
  readonly servedAtOnce: number;
  /** Connections that may be held, each with what a socket reads ahead, at most 64 KB. */
  readonly heldAtMost: number;
  /** How long any of them may be held, in milliseconds. */
  readonly heldForMs: number;
}

const limits: BacklogLimits = { servedAtOnce: 8, heldAtMost: 1_000, heldForMs: 3_000 };

/**
 * Accepts the connections that wait for it before it serves them. libuv accepts one connection per turn of the event loop
 * (https://github.com/libuv/libuv/pull/3696); served as they come, each of a crowd waits for a turn's work of all before
 * it, and whoever comes last for all of that. Connections that come one by one are served as ever.
 * @param server before it listens
 */
export function acceptBacklogFirst(server: Server, options: BacklogLimits = limits): void {
  const backlog = new ConnectionBacklog(server, options);
  // What Node's HTTP server does with a connection, which may be handed to it at any time:
  // https://nodejs.org/docs/latest-v20.x/api/http.html#event-connection
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    backlog.take(socket, () => {
      for (const serve of listeners) serve.call(server, socket);
    });
  });
}

class ConnectionBacklog {
  readonly #held: (() => void)[] = [];
  /** Connections that came with the turns of the event loop up to now, one with each. */
  #inARow = 0;
  #hasOneCome = false;
  #heldSince = 0;

  constructor(
    private readonly server: Server,
    private readonly limits: BacklogLimits,
  ) {}

  take(socket: Socket, serve: () => void): void {
    if (this.#inARow === 0) setImmediate(() => this.#look());
    this.#inARow += 1;
    this.#hasOneCome = true;
    if (this.#inARow <= this.limits.servedAtOnce) return serve();
    if (this.#held.length === 0) this.#heldSince = performance.now();
    socket.on('error', ignore);
    this.#held.push(() => {
      socket.off('error', ignore);
      if (!this.server.listening) socket.destroy();
      else if (!socket.destroyed) serve();
    });
  }

  /** Once in each turn of the event loop: one without a new connection is the end of the row. */
  #look(): void {
    const isOver = !this.#hasOneCome || this.#isFull();
    this.#hasOneCome = false;
    if (!isOver) {
      setImmediate(() => this.#look());
      return;
    }
    this.#inARow = 0;
    for (const serve of this.#held.splice(0)) serve();
  }

  #isFull(): boolean {
    const { heldAtMost, heldForMs } = this.limits;
    if (this.#held.length === 0) return false;
    return this.#held.length >= heldAtMost || performance.now() - this.#heldSince >= heldForMs;
  }
}

/** A held connection that breaks is closed by Node, and is then not served; unheard, the error would end the process. */
function ignore(): void {
  // Nobody is served yet who would have to know.
}
