import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openai } from './dialects/openai.dialect.ts';

/** What a client sent. */
export interface ChatCompletionsRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

export type ChatCompletionsHandler = (
  response: ServerResponse,
  request: ChatCompletionsRequest,
) => Promise<void> | void;

/**
 * For specs: a real HTTP server on a free loopback port, in the place of an OpenAI-compatible provider.
 * Each request goes to the handler, which writes the response with `streamChunks()` or by hand. A request whose body
 * OpenAI would refuse is refused as OpenAI does.
 */
export class ChatCompletionsServer {
  readonly requests: ChatCompletionsRequest[] = [];
  handler: ChatCompletionsHandler = (response) => void response.writeHead(500).end();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const received = {
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>,
    };
    this.requests.push(received);
    const refusal = openai.check(received.body, new Map());
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify(refusal.body));
    }
    await this.handler(response, received);
  }
}

/** Writes the event stream of a chat completion, in network packets of `packetBytes`; does not end it. */
export async function streamChunks(
  response: ServerResponse,
  chunks: readonly unknown[],
  packetBytes = 1_000_000,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const wire = Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''));
  for (let at = 0; at < wire.length; at += packetBytes) {
    response.write(wire.subarray(at, at + packetBytes));
    await sleep(1);
  }
}
