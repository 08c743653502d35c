import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

/** A tool server as anybody would build it with the official SDK: one session per client, answers out of order. */
export class ExternalTools {
  readonly #sessions = new Map<string, StreamableHTTPServerTransport>();
  /** The ids of the requests of each session. */
  readonly #requestIds = new Map<string, Set<string>>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** @returns its URL */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Requests whose id another session has used as well. */
  get collisions(): number {
    const users = new Map<string, number>();
    const ids = [...this.#requestIds.values()].flatMap((each) => [...each]);
    for (const id of ids) users.set(id, (users.get(id) ?? 0) + 1);
    return ids.filter((id) => (users.get(id) ?? 0) > 1).length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const sessionId = request.headers['mcp-session-id'];
    const known = typeof sessionId === 'string' ? this.#sessions.get(sessionId) : undefined;
    if (sessionId !== undefined && !known) return void response.writeHead(404).end();
    if (typeof sessionId === 'string' && typeof body === 'object' && body !== null && 'id' in body) {
      this.#requestIds.get(sessionId)?.add(String(body.id));
    }
    await (known ?? (await this.#open())).handleRequest(request, response, body);
  }

  async #open(): Promise<StreamableHTTPServerTransport> {
    const id = randomUUID();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      onsessioninitialized: () => void this.#sessions.set(id, transport),
    });
    this.#requestIds.set(id, new Set());
    const server = new McpServer({ name: 'evidence', version: '1' });
    const echo = {
      description: 'Says who asked, and what, a little later.',
      inputSchema: { said: z.string().max(200), delayMs: z.number().min(0).max(100) },
    };
    server.registerTool('echo', echo, async ({ said, delayMs }) => {
      await sleep(delayMs);
      return { content: [{ type: 'text', text: `${id} ${said}` }] };
    });
    await server.connect(transport);
    return transport;
  }
}
