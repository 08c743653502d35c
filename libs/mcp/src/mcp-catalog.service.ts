import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { ToolRegistry } from '@bulkhead/tools';
import { connect } from './mcp-connection.ts';
import { defaultMcpOptions, MCP_OPTIONS, type McpOptions, type McpServerOptions } from './mcp.options.ts';
import { parametersFrom } from './mcp-schema.ts';
import { McpSessions } from './mcp-sessions.service.ts';
import { McpTool, type OfferedTool } from './mcp.tool.ts';

const LIST_TIMEOUT_MS = 10_000;
const MAX_PAGES = 20;

/** The external tools that are permitted and offered, registered when the server starts. */
@Injectable()
export class McpCatalog {
  readonly #logger = new Logger(McpCatalog.name);
  readonly #namesByAgent = new Map<string, string[]>();

  constructor(
    private readonly registry: ToolRegistry,
    private readonly sessions: McpSessions,
    @Optional()
    @Inject(MCP_OPTIONS)
    private readonly options: McpOptions = defaultMcpOptions,
  ) {}

  /** The external tools that an agent is given. */
  toolNamesFor(agent: string): readonly string[] {
    return this.#namesByAgent.get(agent) ?? [];
  }

  /** Asks every server what it offers. One that does not answer is left out, with a warning. */
  async load(): Promise<void> {
    await Promise.all(this.options.servers.map((server) => this.#loadFrom(server)));
  }

  async #loadFrom(server: McpServerOptions): Promise<void> {
    try {
      const offered = await listTools(server);
      for (const name of server.tools) {
        const tool = offered.find((candidate) => candidate.name === name);
        if (tool) this.#register(server, tool);
        else this.#logger.warn(`MCP server ${server.name} offers no tool "${name}" that can be used.`);
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.warn(`MCP server ${server.name} does not answer; its tools are missing: ${reason}`);
    }
  }

  #register(server: McpServerOptions, offered: OfferedTool): void {
    const tool = new McpTool(server, offered, this.sessions);
    this.registry.register(tool);
    for (const agent of server.agents ?? ['assistant']) {
      this.#namesByAgent.set(agent, [...this.toolNamesFor(agent), tool.name]);
    }
  }
}

/** In a connection of its own, which belongs to no user and ends here. */
async function listTools(server: McpServerOptions): Promise<OfferedTool[]> {
  const client = await connect(server);
  try {
    const tools: OfferedTool[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await client.listTools(cursor === undefined ? {} : { cursor }, {
        timeout: LIST_TIMEOUT_MS,
      });
      for (const { name, description = '', inputSchema } of answer.tools) {
        const parameters = parametersFrom(inputSchema);
        if (parameters) tools.push({ name, description, parameters });
      }
      cursor = answer.nextCursor;
      if (cursor === undefined) break;
    }
    return tools;
  } finally {
    await client.close();
  }
}
