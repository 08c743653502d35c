import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '@bulkhead/errors';
import { ToolTimeoutError } from '@bulkhead/tools';
import type { JsonRecord, UserExecutionContext } from '@bulkhead/user-context';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { McpConnector } from './mcp-connector.service.ts';
import {
  McpCallRefusedError,
  McpSessionLostError,
  McpToolChangedError,
  McpUnavailableError,
} from './mcp.errors.ts';
import {
  callTimeout,
  defaultMcpOptions,
  MCP_OPTIONS,
  type McpOptions,
  type McpServerOptions,
} from './mcp.options.ts';
import { ask } from './mcp-request.ts';
import { listTools, type OfferedTool, type ToolList } from './mcp-tool-list.ts';

/** A connection, and what the server offered when it was opened. */
interface Connection {
  readonly client: Client;
  readonly list: ToolList;
}

/** One user's connection with one server. */
interface Session {
  readonly server: string;
  readonly connection: Promise<Connection>;
  calls: number;
  isBroken: boolean;
  lastUsedAt: number;
}

/** Keeps one session per user and server, so that no answer can go to anybody else, and closes those nobody uses. */
@Injectable()
export class McpSessions implements OnApplicationShutdown {
  readonly #logger = new Logger(McpSessions.name);
  readonly #reported = new Set<string>();
  readonly #sessions = new Map<string, Session>();
  readonly #closing = new Set<Promise<unknown>>();
  readonly #sweeper: NodeJS.Timeout;
  #isClosed = false;

  constructor(
    private readonly connector: McpConnector,
    @Optional()
    @Inject(MCP_OPTIONS)
    private readonly options: McpOptions = defaultMcpOptions,
  ) {
    this.#sweeper = setInterval(() => this.#closeIdle(), Math.max(50, options.idleMs / 4)).unref();
  }

  get count(): number {
    return this.#sessions.size;
  }

  /**
   * Calls a tool in the session of the context's user. A call that the server has not run, because it no longer knows
   * the session, is made once more in a new one; no other call is ever repeated.
   * @throws McpUnavailableError, McpCallRefusedError, McpToolChangedError, or the signal's reason
   */
  async call(
    context: UserExecutionContext,
    server: McpServerOptions,
    tool: OfferedTool,
    args: JsonRecord,
    signal: AbortSignal,
  ): Promise<unknown> {
    const request = {
      method: 'tools/call',
      params: { name: tool.name, arguments: tool.withoutNulls(args) },
    } as const;
    const call = (): Promise<unknown> =>
      this.#use(context, server, signal, ({ client, list }) => {
        this.#assertUnchanged(server, tool, list);
        return ask(client, server.name, request, { signal, timeoutMs: callTimeout(server) });
      });
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof McpSessionLostError)) throw error;
      return await call();
    }
  }

  /** Lends the session of the context's user. */
  async #use<R>(
    { userId }: UserExecutionContext,
    server: McpServerOptions,
    signal: AbortSignal,
    work: (connection: Connection) => Promise<R>,
  ): Promise<R> {
    const key = `${server.name} ${userId}`;
    const session = this.#sessions.get(key) ?? this.#open(key, server);
    session.calls += 1;
    try {
      return await work(await session.connection);
    } catch (error) {
      if (!isAnswer(error, signal)) session.isBroken = true;
      throw error;
    } finally {
      session.calls -= 1;
      if (session.isBroken) this.#retire(key, session);
      session.lastUsedAt = Date.now();
    }
  }

  /** A server may offer something else than at the start of this one, which nobody here has looked at. */
  #assertUnchanged(server: McpServerOptions, tool: OfferedTool, list: ToolList): void {
    const offered = list.tools.get(tool.name);
    if (offered === undefined || (typeof offered !== 'string' && offered.fingerprint === tool.fingerprint))
      return;
    const label = `${server.name}: ${tool.name}`;
    if (!this.#reported.has(label)) {
      this.#reported.add(label);
      this.#logger.warn(
        `MCP tool ${label} has changed since the start and is refused: look at it, then start again.`,
      );
    }
    throw new McpToolChangedError();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sweeper);
    for (const key of this.#sessions.keys()) this.#close(key);
    await Promise.all(this.#closing);
  }

  #open(key: string, server: McpServerOptions): Session {
    if (this.#isClosed) throw new McpUnavailableError(server.name);
    this.#makeRoom(server.name);
    const session: Session = {
      server: server.name,
      connection: this.#connect(server),
      calls: 0,
      isBroken: false,
      lastUsedAt: Date.now(),
    };
    this.#sessions.set(key, session);
    const forget = (): void => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    };
    // The next call opens another one.
    session.connection.then(({ client }) => (client.onclose = forget), forget);
    return session;
  }

  async #connect(server: McpServerOptions): Promise<Connection> {
    const client = await this.connector.connect(server);
    try {
      return { client, list: await listTools(client, server.name) };
    } catch (error) {
      await client.close().catch(() => undefined);
      throw error;
    }
  }

  /** The session that nobody used for longest makes room. @throws McpUnavailableError when all are in use */
  #makeRoom(server: string): void {
    const open = [...this.#sessions].filter(([, session]) => session.server === server);
    if (open.length < this.options.sessionsPerServer) return;
    const [oldest] = open
      .filter(([, { calls }]) => calls === 0)
      .sort(([, a], [, b]) => a.lastUsedAt - b.lastUsedAt);
    if (!oldest) throw new McpUnavailableError(server);
    this.#close(oldest[0]);
  }

  /** Nobody gets it any more, and it ends with the last call that is still under way. */
  #retire(key: string, session: Session): void {
    if (session.calls === 0) this.#close(key, session);
    else if (this.#sessions.get(key) === session) this.#sessions.delete(key);
  }

  #closeIdle(): void {
    const limit = Date.now() - this.options.idleMs;
    for (const [key, { calls, lastUsedAt }] of this.#sessions) {
      if (calls === 0 && lastUsedAt <= limit) this.#close(key);
    }
  }

  #close(key: string, session = this.#sessions.get(key)): void {
    if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    const closing = session?.connection.then(({ client }) => client.close()).catch(() => undefined);
    if (!closing) return;
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}

/** An error that says nothing against the session: the server has answered, or was not waited for. */
function isAnswer(error: unknown, signal: AbortSignal): boolean {
  if (error instanceof McpUnavailableError || error instanceof ToolTimeoutError) return false;
  if (error instanceof McpCallRefusedError) return !error.isAboutSession;
  return error instanceof AppError || signal.aborted;
}
