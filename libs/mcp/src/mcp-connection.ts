import { existsSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { McpServerOptions, StdioTransportOptions } from './mcp.options.ts';

const CONNECT_TIMEOUT_MS = 30_000;
const MAX_MESSAGE_BYTES = 4_000_000;
/** On Linux the kernel ends the child with us, however we end. */
const deathSignal = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

/** Connects to a server; nobody else has this connection. @throws whatever the server's side does not allow */
export async function connect(server: McpServerOptions): Promise<Client> {
  const client = new Client({ name: 'bulkhead', version: '1' }, { capabilities: {} });
  // What goes wrong shows in the calls that wait for an answer.
  client.onerror = () => undefined;
  try {
    await client.connect(transportTo(server), { timeout: CONNECT_TIMEOUT_MS });
    return client;
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
}

function transportTo({ transport }: McpServerOptions): Transport {
  if (transport.kind === 'stdio') return childProcess(transport);
  const { url, headers = {} } = transport;
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers }, redirect: 'error' },
    fetch: boundedFetch,
  });
}

function childProcess({ command, args = [], env = {} }: StdioTransportOptions): Transport {
  const launched = deathSignal
    ? [deathSignal, '--pdeathsig', 'KILL', '--', command, ...args]
    : [command, ...args];
  const [program = command, ...rest] = launched;
  return new StdioClientTransport({
    command: program,
    args: rest,
    env: { ...env },
    stderr: 'ignore',
    maxBufferSize: MAX_MESSAGE_BYTES,
  });
}

/** An answer is held whole before it is read: one without end must not fill the memory. */
const boundedFetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
  const response = await fetch(url, init);
  if (init?.method !== 'POST' || !response.body) return response;
  let size = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (piece, controller) => {
      size += piece.byteLength;
      if (size > MAX_MESSAGE_BYTES) controller.error(new Error('The answer is too large.'));
      else controller.enqueue(piece);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counting), { status, statusText, headers });
};
