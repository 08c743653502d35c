import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { ToolRegistry } from '@bulkhead/tools';
import { McpConnector } from './mcp-connector.service.ts';
import {
  defaultMcpOptions,
  MCP_OPTIONS,
  toolOptions,
  type McpOptions,
  type McpServerOptions,
} from './mcp.options.ts';
import { McpSessions } from './mcp-sessions.service.ts';
import { listTools, type OfferedTool, type ToolList } from './mcp-tool-list.ts';
import { mcpToolNames } from './mcp-tool-names.ts';
import { McpTool } from './mcp.tool.ts';
import { visibleText } from './visible-text.ts';

const MAX_REASON_LENGTH = 500;

/** A permitted tool that agents don't get. */
export interface LeftOutTool {
  readonly server: string;
  readonly tool: string;
  readonly reason: string;
}

/** The external tools that are permitted and offered, registered when the server starts. */
@Injectable()
export class McpCatalog {
  readonly #logger = new Logger(McpCatalog.name);
  readonly #namesByAgent = new Map<string, string[]>();
  readonly #leftOut: LeftOutTool[] = [];

  constructor(
    private readonly registry: ToolRegistry,
    private readonly connector: McpConnector,
    private readonly sessions: McpSessions,
    @Optional()
    @Inject(MCP_OPTIONS)
    private readonly options: McpOptions = defaultMcpOptions,
  ) {}

  /** The external tools that an agent is given. */
  toolNamesFor(agent: string): readonly string[] {
    return this.#namesByAgent.get(agent) ?? [];
  }

  /** The permitted tools that are missing, each with the reason that the log has as well. */
  get leftOut(): readonly LeftOutTool[] {
    return this.#leftOut;
  }

  /** Asks every server what it offers. A server or tool that can't be used is left out with a warning, and nothing else is. */
  async load(): Promise<void> {
    await Promise.all(this.options.servers.map((server) => this.#loadFrom(server)));
  }

  async #loadFrom(server: McpServerOptions): Promise<void> {
    let list: ToolList;
    try {
      list = await this.#list(server);
    } catch (error) {
      const reason = visibleText(reasonOf(error), MAX_REASON_LENGTH);
      this.#logger.warn(`MCP server ${server.name} can't be used; its tools are missing: ${reason}`);
      for (const { name } of toolOptions(server))
        this.#leftOut.push({ server: server.name, tool: name, reason });
      return;
    }
    if (list.trouble !== undefined)
      this.#logger.warn(`MCP server ${server.name} ${list.trouble}; the rest is ignored.`);
    for (const tool of toolOptions(server)) {
      const problem = this.#register(server, tool, list.tools.get(tool.name));
      if (problem === undefined) continue;
      this.#leftOut.push({ server: server.name, tool: tool.name, reason: problem });
      const label = visibleText(JSON.stringify(tool.name), MAX_REASON_LENGTH);
      this.#logger.warn(`MCP server ${server.name}: the tool ${label} is left out, because it ${problem}.`);
    }
  }

  /** In a connection of its own, which belongs to no user and ends here. */
  async #list(server: McpServerOptions): Promise<ToolList> {
    const client = await this.connector.connect(server);
    try {
      return await listTools(client, server.name);
    } finally {
      await client.close().catch(() => undefined);
    }
  }

  /** @returns why the tool is left out */
  #register(
    server: McpServerOptions,
    permitted: ReturnType<typeof toolOptions>[number],
    offered: OfferedTool | string | undefined,
  ): string | undefined {
    if (offered === undefined) return 'is not offered';
    if (typeof offered === 'string') return offered;
    const { fingerprint } = offered;
    if (permitted.pinned !== undefined && permitted.pinned !== fingerprint) {
      return `has changed: what its server says of it has the fingerprint ${fingerprint}, not the pinned one`;
    }
    const name = mcpToolNames(this.options.servers).of(server.name, permitted.name);
    const tool = new McpTool(name, server, permitted, offered, this.sessions);
    try {
      this.registry.register(tool);
    } catch (error) {
      return `can't be registered: ${visibleText(reasonOf(error), MAX_REASON_LENGTH)}`;
    }
    for (const agent of server.agents ?? ['assistant']) {
      this.#namesByAgent.set(agent, [...this.toolNamesFor(agent), tool.name]);
    }
    const pin = permitted.pinned === undefined ? `, not pinned (fingerprint ${fingerprint})` : '';
    this.#logger.log(`MCP tool ${tool.name}: approval ${tool.approval ?? 'never'}${pin}`);
    return undefined;
  }
}

/** The innermost reason: what is told to agents hides the servers' own words. */
function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return cause instanceof Error ? cause.message : message;
}
