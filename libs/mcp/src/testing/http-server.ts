import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { anMcpServer } from './answers.ts';

/** A server of external tools on loopback, with a session for each client. */
export interface McpHttpServer {
  readonly url: string;
  /** Sessions that were ever opened. */
  sessionCount(): number;
  /** Forgets all sessions, as a restart does. */
  restart(): void;
  close(): Promise<void>;
}

export async function startMcpHttpServer(): Promise<McpHttpServer> {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  let opened = 0;
  const open = async (): Promise<StreamableHTTPServerTransport> => {
    const id = randomUUID();
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      onsessioninitialized: () => void transports.set(id, transport),
    });
    opened += 1;
    await anMcpServer(id).connect(transport);
    return transport;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? transports.get(id) : undefined;
    if (id !== undefined && !known) response.writeHead(404).end();
    else await (known ?? (await open())).handleRequest(request, response);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    sessionCount: () => opened,
    restart: () => transports.clear(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
