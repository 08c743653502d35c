/** A server of external tools, run by the operator. */
export interface McpServerOptions {
  /** Lower-case letters, digits and underscores; part of its tools' names. */
  readonly name: string;
  /** How it is reached: a child process of its own for each user, or HTTP (streamable), which is the operator's network. */
  readonly transport: StdioTransportOptions | HttpTransportOptions;
  /** Default deny: the tools that may be used, by the server's names. */
  readonly tools: readonly string[];
  /** Roles whose users may use it. Default: `user` and `admin`. */
  readonly roles?: readonly string[];
  /** Agents that are given its tools. Default: `assistant`. */
  readonly agents?: readonly string[];
  /** Longest call, in milliseconds. Default 20,000. */
  readonly timeoutMs?: number;
}

export interface StdioTransportOptions {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args?: readonly string[];
  /** All that it gets besides PATH, HOME and the like: none of the server's own settings. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface HttpTransportOptions {
  readonly kind: 'http';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface McpOptions {
  readonly servers: readonly McpServerOptions[];
  /** Sessions that this node holds with each server; one per user. */
  readonly sessionsPerServer: number;
  /** How long a session without calls is kept, in milliseconds. */
  readonly idleMs: number;
}

/** Where the options are injected; without them there are no servers. */
export const MCP_OPTIONS = Symbol('McpOptions');

export const defaultMcpOptions: McpOptions = Object.freeze({
  servers: [],
  sessionsPerServer: 50,
  idleMs: 300_000,
});
