import { Inject, Injectable, Optional } from '@nestjs/common';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { boundedFetch } from './mcp-fetch.ts';
import { McpUnavailableError } from './mcp.errors.ts';
import {
  callTimeout,
  defaultMcpOptions,
  MCP_OPTIONS,
  type HttpTransportOptions,
  type McpOptions,
  type McpServerOptions,
  type StdioTransportOptions,
} from './mcp.options.ts';
import { isolatingLauncher, plainLauncher, type Launcher } from './stdio-isolation.ts';
import { visibleText } from './visible-text.ts';

const CONNECT_TIMEOUT_MS = 30_000;
const MAX_MESSAGE_BYTES = 4_000_000;
const MAX_COMPLAINT_LENGTH = 300;

/** Opens connections with servers of external tools. */
@Injectable()
export class McpConnector {
  #launcher: Promise<Launcher> | undefined;

  constructor(
    @Optional()
    @Inject(MCP_OPTIONS)
    private readonly options: McpOptions = defaultMcpOptions,
  ) {}

  /**
   * Connects to a server; nobody else has this connection.
   * @throws McpUnavailableError with the cause, which names what a child process complained about
   */
  async connect(server: McpServerOptions): Promise<Client> {
    const client = new Client({ name: 'bulkhead', version: '1' }, { capabilities: {} });
    // What goes wrong shows in the calls that wait for an answer.
    client.onerror = () => undefined;
    const complaints: string[] = [];
    try {
      const { transport } = server;
      const opened: Transport =
        transport.kind === 'stdio'
          ? await this.#childProcess(transport, complaints)
          : overHttp(transport, callTimeout(server), this.options.fetch);
      await client.connect(opened, { timeout: CONNECT_TIMEOUT_MS });
      return client;
    } catch (error) {
      await client.close().catch(() => undefined);
      const reason = error instanceof Error ? error.message : String(error);
      const said = visibleText(complaints.join(''), MAX_COMPLAINT_LENGTH);
      throw new McpUnavailableError(
        server.name,
        new Error(said ? `${reason} (${said})` : reason, { cause: error }),
      );
    }
  }

  async #childProcess(
    { command, args = [], env = {} }: StdioTransportOptions,
    complaints: string[],
  ): Promise<Transport> {
    this.#launcher ??=
      this.options.stdioIsolation === 'off'
        ? Promise.resolve(plainLauncher())
        : isolatingLauncher(this.options.hiddenPaths);
    const launcher = await this.#launcher;
    if ('problem' in launcher) {
      throw new Error(
        `It can't be kept from this server's secrets: ${launcher.problem}. Run it elsewhere and use HTTP, or accept that with MCP_STDIO_ISOLATION=off.`,
      );
    }
    const [program = command, ...rest] = [...launcher.words, command, ...args];
    const transport = new StdioClientTransport({
      command: program,
      args: rest,
      env: { ...env },
      stderr: 'pipe',
      maxBufferSize: MAX_MESSAGE_BYTES,
    });
    transport.stderr?.on('data', (piece: Buffer) => {
      if (complaints.length < 8) complaints.push(piece.toString('utf8').slice(0, MAX_COMPLAINT_LENGTH));
    });
    return transport;
  }
}

const overHttp = (
  { url, headers = {} }: HttpTransportOptions,
  timeoutMs: number,
  ask: McpOptions['fetch'],
): Transport =>
  new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers }, redirect: 'error' },
    fetch: boundedFetch(Math.max(timeoutMs, CONNECT_TIMEOUT_MS), ask),
  });
