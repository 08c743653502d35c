import type { IncomingMessage } from 'node:http';
import { ReceiveBudget, type Amount, type ReceiveLimits } from './receive-budget.ts';
import type { EngineRequest, EngineSession, SocketEngine } from './engine.ts';

/** Separates the packets in the body of a polling request. Source: Engine.IO protocol, revision 4. */
const PACKET_SEPARATOR = '\x1e';
/** How long a polling request may take to arrive, in milliseconds. */
const BODY_TIMEOUT_MS = 30_000;

/**
 * Watches what each connection sends and closes those that send too much. One budget per connection, over polling,
 * WebSocket and the change between them. Bytes are counted before anything is decoded, so that a packet in pieces, an
 * attachment or a body of many tiny packets is cut off, not held or parsed.
 */
export class ConnectionBudgets {
  readonly #sessions = new Map<string, Watch>();
  readonly #watches = new WeakMap<object, Watch>();
  readonly #opening = new WeakMap<IncomingMessage, Watch>();
  readonly #limits: ReceiveLimits;

  /** @param onClosed told of each connection that is closed for what it sent */
  constructor(
    engine: SocketEngine,
    limits: ReceiveLimits,
    private readonly onClosed: () => void = () => undefined,
  ) {
    this.#limits = limits;
    engine.use((request, _response, next) => {
      this.#watchRequest(request);
      next();
    });
    engine.on('connection', (session) => this.#watchSession(session));
  }

  /** To be told when the user of a connection is known. */
  admit(session: object): void {
    this.#watches.get(session)?.budget.admit();
  }

  /** @param sid of the connection that a request names */
  isAdmitted(sid: string | undefined): boolean {
    return sid !== undefined && this.#sessions.get(sid)?.budget.isAdmitted === true;
  }

  #watchRequest(request: EngineRequest): void {
    const { sid } = request._query;
    const known = sid === undefined ? undefined : this.#sessions.get(sid);
    if (request.headers.upgrade !== undefined) {
      const watch = known ?? this.#newWatch();
      this.#opening.set(request, watch);
      watch.upgrade = request;
      request.socket.on('data', (chunk: Buffer) => {
        if (!watch.spend({ bytes: chunk.length })) request.socket.destroy();
      });
    } else if (known) {
      if (!known.spend({ packets: 1 })) request.destroy();
      else if (request.method === 'POST') watchBody(request, known);
    }
  }

  #watchSession(session: EngineSession): void {
    const { id, request, transport } = session;
    const watch = this.#opening.get(request) ?? this.#newWatch();
    watch.session = session;
    this.#sessions.set(id, watch);
    this.#watches.set(session, watch);
    session.once('close', () => this.#sessions.delete(id));
    // A pong answers a ping of the server: a client that reads fast sends many.
    session.on('packet', ({ type }) => type === 'pong' || watch.spend({ packets: 1 }));
    // Those of WebSocket itself are answered without becoming packets.
    const countPings = (): unknown => watch.upgrade?.websocket?.on('ping', () => watch.spend({ packets: 1 }));
    if (transport.name === 'websocket') countPings();
    else session.once('upgrade', countPings);
  }

  #newWatch(): Watch {
    return new Watch(new ReceiveBudget(this.#limits), this.onClosed);
  }
}

/** A connection and what it may still send. */
class Watch {
  /** Absent while its WebSocket is being opened. */
  session: EngineSession | undefined;
  /** The last request that asked for a WebSocket. */
  upgrade: EngineRequest | undefined;
  #isClosed = false;

  constructor(
    readonly budget: ReceiveBudget,
    private readonly onClosed: () => void,
  ) {}

  /** @returns false when the connection is closed for it */
  spend(amount: Partial<Amount>): boolean {
    if (!this.#isClosed && this.budget.spend(amount)) return true;
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.onClosed();
      // Discarding does not wait for what is still to be sent; the packets that are there already are dropped.
      this.session?.close(true);
    }
    return false;
  }
}

/** Before the body is decoded, which would cost more than anything else: all of it is decoded at once. */
function watchBody(request: EngineRequest, watch: Watch): void {
  let packets = 1;
  const timer = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.on('data', (chunk: Buffer | string) => {
    packets += countOf(chunk);
    const bytes = Buffer.byteLength(chunk);
    if (watch.spend({ bytes }) && watch.budget.has({ packets })) return;
    watch.spend({ packets });
    request.destroy();
  });
}

function countOf(chunk: Buffer | string): number {
  let count = 0;
  for (let at = chunk.indexOf(PACKET_SEPARATOR); at >= 0; at = chunk.indexOf(PACKET_SEPARATOR, at + 1))
    count += 1;
  return count;
}
