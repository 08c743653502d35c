import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dialects, type DialectName, type ProviderAnswer } from './provider-dialects.ts';

/** What a provider does with one request. */
export type ProviderAct =
  | { readonly does: 'answer'; readonly answer: ProviderAnswer }
  | { readonly does: 'refuse'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Sends so many frames of the answer, and nothing after them. */
  | { readonly does: 'stall'; readonly answer: ProviderAnswer; readonly frames: number }
  /** Sends so many frames of the answer, and breaks the connection. */
  | { readonly does: 'cut'; readonly answer: ProviderAnswer; readonly frames: number }
  /** Ends the stream properly, but too early. */
  | { readonly does: 'end early'; readonly answer: ProviderAnswer; readonly frames: number }
  /** Takes the request and never answers. */
  | { readonly does: 'hang' }
  /** Breaks the connection without an answer. */
  | { readonly does: 'hang up' };

/** What a client sent. */
export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  /** Settles when the client's connection has ended. */
  readonly closed: Promise<unknown>;
}

/** For specs: a real HTTP server in a provider's place, which speaks its wire format and records what it is sent. */
export class ProviderServer {
  readonly requests: ProviderRequest[] = [];
  readonly #server = createServer((request, response) => void this.#receive(request, response));
  #acts: ProviderAct[] = [];

  constructor(private readonly dialect: DialectName) {}

  /** What it does with the next requests, in order; with those after them what it did with the last. */
  will(...acts: ProviderAct[]): void {
    this.#acts = acts;
  }

  /** Opens the server. @returns its base URL */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const closed = once(response, 'close');
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const body = JSON.parse(text) as Record<string, unknown>;
    this.requests.push({ path: request.url ?? '', headers: request.headers, body, closed });
    const act = this.#acts.length > 1 ? this.#acts.shift() : this.#acts[0];
    await this.#perform(act ?? { does: 'refuse', status: 500 }, request, response, text);
  }

  async #perform(
    act: ProviderAct,
    request: IncomingMessage,
    response: ServerResponse,
    sent: string,
  ): Promise<void> {
    if (act.does === 'hang') return;
    if (act.does === 'hang up') return void response.destroy();
    const { frames, refusal } = dialects[this.dialect];
    if (act.does === 'refuse') {
      response.writeHead(act.status, { 'content-type': 'application/json', ...act.headers });
      const seen = `You sent ${sent} with ${JSON.stringify(request.headers)}`;
      return void response.end(JSON.stringify(refusal(seen)));
    }
    const all = frames(act.answer);
    const sending = act.does === 'answer' ? all : all.slice(0, act.frames);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const frame of sending) if (!response.write(frame)) await once(response, 'drain');
    if (act.does === 'answer' || act.does === 'end early') response.end();
    // What was written must be on its way before the connection breaks.
    if (act.does === 'cut') setTimeout(() => response.destroy(), 20);
  }
}
