/** A tool that may be used. */
export interface McpToolOptions {
  /** By the server's name for it. */
  readonly name: string;
  /** Whether the owner of a run is asked about every call. Default: `never` where the server says `readOnlyHint`, else `required`. */
  readonly approval?: 'required' | 'never';
  /** Fingerprint of what the server says of the tool; with another one it is left out. Default: any. */
  readonly pinned?: string;
}

/** A server of external tools, run by the operator. */
export interface McpServerOptions {
  /** Lower-case letters, digits and underscores; part of its tools' names. */
  readonly name: string;
  /** How it is reached: a child process of its own for each user, or HTTP (streamable), which is the operator's network. */
  readonly transport: StdioTransportOptions | HttpTransportOptions;
  /** Default deny: the tools that may be used; a name alone stands for its defaults. */
  readonly tools: readonly (string | McpToolOptions)[];
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
  /** Its environment besides PATH, HOME and the like; none of this server's own settings. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface HttpTransportOptions {
  readonly kind: 'http';
  readonly url: string;
  /** Sent for every user alike: the server on the other side can't tell by them which user asks. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface McpOptions {
  readonly servers: readonly McpServerOptions[];
  /** Sessions that this node holds with each server; one per user. */
  readonly sessionsPerServer: number;
  /** How long a session without calls is kept, in milliseconds. */
  readonly idleMs: number;
  /** `required`: a child process runs in namespaces of its own or not at all. `off`: it may read what this server may. */
  readonly stdioIsolation: 'required' | 'off';
  /** Folders and files that isolated child processes find empty. */
  readonly hiddenPaths: readonly string[];
  /** How servers over HTTP are reached, e.g. through a proxy. Default: directly. */
  readonly fetch?: typeof fetch;
}

/** Where the options are injected; without them there are no servers. */
export const MCP_OPTIONS = Symbol('McpOptions');

export const defaultMcpOptions: McpOptions = Object.freeze({
  servers: [],
  sessionsPerServer: 50,
  idleMs: 300_000,
  stdioIsolation: 'required',
  hiddenPaths: [],
});

/** The tools of a server with their options. */
export const toolOptions = ({ tools }: McpServerOptions): readonly McpToolOptions[] =>
  tools.map((tool) => (typeof tool === 'string' ? { name: tool } : tool));

/** Longest call of a server's tools, in milliseconds. */
export const callTimeout = ({ timeoutMs = 20_000 }: McpServerOptions): number => timeoutMs;
