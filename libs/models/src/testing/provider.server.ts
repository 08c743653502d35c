import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  IdentifiedAnswer,
  ProviderAnswer,
  ServiceRefusal,
  WireBody,
} from './dialects/dialect.contract.ts';
import type { Recording } from './recordings.ts';
import { dialects, type DialectName } from './provider-dialects.ts';
import { refusalOf, type ReceivedRequest } from './request-check.ts';

/** What a provider does with one request that is as its service wants it. */
export type ProviderAct =
  | { readonly does: 'answer'; readonly answer: ProviderAnswer; readonly pauseMs?: number }
  | { readonly does: 'refuse'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Says what a real service once said. */
  | { readonly does: 'play'; readonly recording: Recording }
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
  readonly body: WireBody;
  /** How it was refused, by the service's rules; undefined when it was accepted. */
  readonly refusal: ServiceRefusal | undefined;
  /** Settles when the client's connection has ended. */
  readonly closed: Promise<unknown>;
}

export interface ProviderServerOptions {
  /** Default: the dialect's one. */
  readonly models?: readonly string[];
  /** More is refused, or cut where the service cuts. Default: no limit. */
  readonly contextTokens?: number;
}

/**
 * For specs: a real HTTP server in a service's place. It refuses what the service refuses, with its status and body,
 * answers in its wire format, and records what it is sent. A refused request uses up no act.
 */
export class ProviderServer {
  readonly requests: ProviderRequest[] = [];
  readonly #server = createServer((request, response) => void this.#receive(request, response));
  readonly #thoughts = new Map<string, string>();
  #acts: ProviderAct[] = [];
  #calls = 0;

  constructor(
    private readonly dialect: DialectName,
    private readonly options: ProviderServerOptions = {},
  ) {}

  /** The requests that broke no rule. */
  get accepted(): ProviderRequest[] {
    return this.requests.filter(({ refusal }) => refusal === undefined);
  }

  /** The refusals of those that broke one. */
  get refusals(): ServiceRefusal[] {
    return this.requests.flatMap(({ refusal }) => refusal ?? []);
  }

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
    const body = JSON.parse(text) as WireBody;
    const { url: path = '', headers } = request;
    const refusal = this.#refusalOf({ path, headers, body }, text);
    this.requests.push({ path, headers, body, refusal, closed });
    if (refusal) return respond(response, refusal);
    const act = this.#acts.length > 1 ? this.#acts.shift() : this.#acts[0];
    await this.#perform(act ?? { does: 'refuse', status: 500 }, request, response, text);
  }

  #refusalOf(request: ReceivedRequest, text: string): ServiceRefusal | undefined {
    const dialect = dialects[this.dialect];
    try {
      JSON.parse(text, refuseHalfCharacters);
      return refusalOf(dialect, request, this.#thoughts, this.options);
    } catch (error) {
      // A rule can't even look at it: no service would take it.
      return { status: 400, body: dialect.failure(String(error), 400) };
    }
  }

  async #perform(
    act: ProviderAct,
    request: IncomingMessage,
    response: ServerResponse,
    sent: string,
  ): Promise<void> {
    if (act.does === 'hang') return;
    if (act.does === 'hang up') return void response.destroy();
    const { frames, failure } = dialects[this.dialect];
    if (act.does === 'refuse') {
      const { status, headers = {} } = act;
      // It repeats what it was sent, as some services do.
      const seen = `You sent ${sent} with ${JSON.stringify(request.headers)}`;
      return respond(response, { status, body: failure(seen, status) }, headers);
    }
    if (act.does === 'play') return play(response, act.recording);
    const all = frames(this.#identified(act.answer));
    const sending = act.does === 'answer' ? all : all.slice(0, act.frames);
    const ends = act.does === 'answer' || act.does === 'end early';
    await play(response, { frames: sending, ends, pauseMs: act.does === 'answer' ? act.pauseMs : undefined });
    // What was written must be on its way before the connection breaks.
    if (act.does === 'cut') setTimeout(() => response.destroy(), 20);
  }

  #identified(answer: ProviderAnswer): IdentifiedAnswer {
    const { callId } = dialects[this.dialect];
    const toolCalls = (answer.toolCalls ?? []).map((call) => ({ id: callId(++this.#calls), ...call }));
    if (answer.reasoning) for (const { id } of toolCalls) this.#thoughts.set(id, answer.reasoning);
    return { ...answer, toolCalls };
  }
}

function respond(
  response: ServerResponse,
  { status, body }: ServiceRefusal,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function play(response: ServerResponse, recording: Recording): Promise<void> {
  const { status = 200, headers, frames, pauseMs, ends = true } = recording;
  response.writeHead(status, { 'content-type': 'text/event-stream', ...headers });
  response.flushHeaders();
  for (const frame of frames) {
    if (pauseMs) await sleep(pauseMs);
    if (response.destroyed) return;
    if (!response.write(frame)) await once(response, 'drain');
  }
  if (ends) response.end();
}

/** Services' readers of JSON take no half of a character. */
function refuseHalfCharacters(_key: string, value: unknown): unknown {
  if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError('a lone surrogate');
  return value;
}
