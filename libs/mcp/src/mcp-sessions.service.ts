import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { AppError } from '@bulkhead/errors';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { connect } from './mcp-connection.ts';
import { McpUnavailableError } from './mcp.errors.ts';
import { defaultMcpOptions, MCP_OPTIONS, type McpOptions, type McpServerOptions } from './mcp.options.ts';

/** One user's connection with one server. */
interface Session {
  readonly server: string;
  readonly client: Promise<Client>;
  calls: number;
  isBroken: boolean;
  lastUsedAt: number;
}

/** Keeps one session per user and server, so that no answer can go to anybody else, and closes those nobody uses. */
@Injectable()
export class McpSessions implements OnApplicationShutdown {
  readonly #sessions = new Map<string, Session>();
  readonly #closing = new Set<Promise<unknown>>();
  readonly #sweeper: NodeJS.Timeout;
  #isClosed = false;

  constructor(
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
   * Lends the session of the context's user.
   * @throws McpUnavailableError when it can't be opened, or whatever `work` throws
   */
  async use<R>(
    { userId }: UserExecutionContext,
    server: McpServerOptions,
    work: (client: Client) => Promise<R>,
  ): Promise<R> {
    const key = `${server.name} ${userId}`;
    const session = this.#sessions.get(key) ?? this.#open(key, server);
    session.calls += 1;
    try {
      const client = await session.client.catch((cause: unknown) => {
        throw new McpUnavailableError(server.name, cause);
      });
      return await work(client);
    } catch (error) {
      // An answer that is an error is an answer; anything else is a connection that is no longer good.
      if (!(error instanceof McpError) && !(error instanceof AppError)) session.isBroken = true;
      throw error;
    } finally {
      session.calls -= 1;
      if (session.isBroken) this.#retire(key, session);
      session.lastUsedAt = Date.now();
    }
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
      client: connect(server),
      calls: 0,
      isBroken: false,
      lastUsedAt: Date.now(),
    };
    this.#sessions.set(key, session);
    const forget = (): void => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    };
    // The next call opens another one.
    session.client.then((client) => (client.onclose = forget), forget);
    return session;
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
    const closing = session?.client.then((client) => client.close()).catch(() => undefined);
    if (!closing) return;
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}
