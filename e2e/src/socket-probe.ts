import type { Acknowledgement, Problem, ThreadEvent } from '@bulkhead/client';
import { io, type Socket } from 'socket.io-client';
import type { Server } from './server.ts';

const ANSWER_TIMEOUT_MS = 10_000;

/** A bare Socket.IO connection: sends anything, and keeps everything that comes, in order. */
export class SocketProbe {
  readonly received: unknown[] = [];
  readonly #socket: Socket;
  readonly #watchers = new Set<() => void>();

  private constructor(url: string, auth: object, extraHeaders: Record<string, string>) {
    const transports = ['websocket'];
    this.#socket = io(url, { auth, transports, extraHeaders, forceNew: true, reconnection: false });
    this.#socket.onAny((_name, payload: unknown) => {
      this.received.push(payload);
      for (const wake of this.#watchers) wake();
    });
  }

  /** @throws Error with the problem in `data` when the handshake is refused */
  static async connect(
    server: Server,
    auth: object,
    headers: Record<string, string> = {},
  ): Promise<SocketProbe> {
    const probe = new SocketProbe(server.url, auth, headers);
    server.defer(() => probe.close());
    await new Promise<void>((resolve, reject) => {
      probe.#socket.once('connect', resolve).once('connect_error', reject);
    });
    return probe;
  }

  /** Why a handshake is refused. @throws Error when it is not */
  static async refusal(server: Server, auth: object): Promise<Problem> {
    const probe = await SocketProbe.connect(server, auth).catch(
      (error: Error & { data: Problem }) => error.data,
    );
    if (!(probe instanceof SocketProbe)) return probe;
    throw new Error('The handshake was not refused.');
  }

  /** As Socket.IO names the connection. */
  get id(): string {
    return this.#socket.id ?? '';
  }

  /** As the transport below names it: who has it can speak on that connection. */
  get sessionId(): string {
    return (this.#socket.io.engine as { id?: string }).id ?? '';
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  /** What came, as the events that it must be. */
  get events(): readonly ThreadEvent[] {
    return this.received as readonly ThreadEvent[];
  }

  /** Sends a frame, and waits for its acknowledgement. */
  async ask<Data>(name: string, ...payload: readonly unknown[]): Promise<Acknowledgement<Data>> {
    const answer: unknown = await this.#socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck(name, ...payload);
    return answer as Acknowledgement<Data>;
  }

  /** The problem that a frame is answered with. @throws Error when it is accepted */
  async refusalOf(name: string, ...payload: readonly unknown[]): Promise<Problem> {
    const answer = await this.ask(name, ...payload);
    if (answer.ok) throw new Error(`${name} was accepted: ${JSON.stringify(answer.data)}`);
    return answer.problem;
  }

  /** The data that a frame is answered with. @throws Error when it is refused */
  async answerOf<Data>(name: string, payload: object): Promise<Data> {
    const answer = await this.ask<Data>(name, payload);
    if (!answer.ok) throw new Error(`${name} was refused: ${JSON.stringify(answer.problem)}`);
    return answer.data;
  }

  /** Sends a frame without asking for an answer. */
  tell(name: string, ...payload: readonly unknown[]): void {
    this.#socket.emit(name, ...payload);
  }

  /** Settles when what came fulfils the condition. */
  async until(isEnough: (events: readonly ThreadEvent[]) => boolean): Promise<readonly ThreadEvent[]> {
    while (!isEnough(this.events)) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
      });
    }
    return this.events;
  }

  /** Settles when the server has closed the connection. */
  async untilClosed(): Promise<void> {
    if (!this.isConnected) return;
    await new Promise<void>((resolve) => this.#socket.once('disconnect', () => resolve()));
  }

  close(): void {
    this.#socket.disconnect();
  }
}
