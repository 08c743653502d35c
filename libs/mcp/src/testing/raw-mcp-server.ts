import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a server answers a request of a session that it has forgotten. */
export type ForgottenSession =
  /** As the specification wants it, without a body. */
  | 'status 404'
  /** As servers do that took 400 for it. */
  | 'status 400'
  /** As servers do that answer every request with 200. */
  | 'status 200'
  /** As servers do that begin a session of their own accord and then miss its beginning. */
  | 'not initialized'
  /** In a server's own words, which may as well be about something that a tool did. */
  | 'other words';

/** What a tool answers: a result, or an error of JSON-RPC. */
export interface RawAnswer {
  readonly result?: unknown;
  readonly error?: unknown;
  /** Status of an error. Default 200. */
  readonly status?: number;
}

export interface RawMcpServerOptions {
  /** Answers `tools/list`, from the cursor of the request. */
  list(cursor: unknown): unknown;
  call?(name: string, args: unknown): RawAnswer | Promise<RawAnswer>;
  readonly forgotten?: ForgottenSession;
  /** Answers as a stream of events rather than as JSON. */
  readonly isStreaming?: boolean;
}

export interface RawMcpServer {
  readonly url: string;
  /** The tools that ran, with their arguments. */
  readonly calls: { readonly name: string; readonly args: unknown }[];
  /** Requests by method, notifications as well. */
  readonly requests: string[];
  forgetSessions(): void;
  close(): Promise<void>;
}

interface RpcMessage {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly arguments?: unknown; readonly cursor?: unknown };
}

/**
 * A server of Streamable HTTP (2025-06-18) that answers what it is told to, odd or not. It refuses what the
 * specification has servers refuse: wrong media types, requests before the initialisation, requests without a session.
 */
export async function startRawMcpServer(options: RawMcpServerOptions): Promise<RawMcpServer> {
  const sessions = new Map<string, boolean>();
  const calls: RawMcpServer['calls'] = [];
  const requests: string[] = [];
  const answerTo = async ({ method, params = {} }: RpcMessage): Promise<RawAnswer> => {
    if (method === 'tools/list') return { result: options.list(params.cursor) };
    if (method !== 'tools/call') return { error: { code: -32_601, message: 'Method not found' } };
    calls.push({ name: params.name ?? '', args: params.arguments });
    return (await options.call?.(params.name ?? '', params.arguments)) ?? { result: { content: [] } };
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'DELETE') return void response.writeHead(204).end();
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { accept = '', 'content-type': type = '', 'mcp-session-id': sessionId = '' } = request.headers;
    if (!accept.includes('application/json') || !accept.includes('text/event-stream')) {
      return void response.writeHead(406).end();
    }
    if (!type.startsWith('application/json')) return void response.writeHead(415).end();
    const message = JSON.parse(await textOf(request)) as RpcMessage;
    requests.push(message.method);
    const send = (answer: RawAnswer, headers = {}): void => {
      const { status = 200, ...rest } = answer;
      const body = JSON.stringify({ jsonrpc: '2.0', id: message.id ?? null, ...rest });
      const isStream = options.isStreaming === true && status === 200;
      response.writeHead(status, {
        'content-type': isStream ? 'text/event-stream' : 'application/json',
        ...headers,
      });
      response.end(isStream ? `event: message\ndata: ${body}\n\n` : body);
    };
    if (message.method === 'initialize') {
      const id = randomUUID();
      sessions.set(id, false);
      const result = {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'raw', version: '1' },
      };
      return send({ result }, { 'mcp-session-id': id });
    }
    if (sessionId === '') return void response.writeHead(400).end('Mcp-Session-Id is missing');
    const isInitialised = sessions.get(String(sessionId));
    if (isInitialised === undefined) {
      const answer = forgotten[options.forgotten ?? 'status 404'];
      return answer ? send(answer) : void response.writeHead(404).end();
    }
    if (message.method === 'notifications/initialized') sessions.set(String(sessionId), true);
    else if (!isInitialised) return send({ error: { code: -32_002, message: 'Server not initialized' } });
    if (message.id === undefined) return void response.writeHead(202).end();
    send(await answerTo(message));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    calls,
    requests,
    forgetSessions: () => sessions.clear(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const forgotten: Readonly<Record<ForgottenSession, (RawAnswer & { readonly id?: null }) | undefined>> = {
  'status 404': undefined,
  'status 400': {
    status: 400,
    id: null,
    error: { code: -32_000, message: 'Bad Request: No valid session ID provided' },
  },
  'status 200': { id: null, error: { code: -32_001, message: 'Session not found' } },
  'not initialized': { error: { code: -32_002, message: 'Server not initialized' } },
  'other words': { error: { code: -32_000, message: 'The browser session is gone' } },
};

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
