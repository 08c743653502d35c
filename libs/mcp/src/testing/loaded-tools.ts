import { Logger } from '@nestjs/common';
import { ToolRegistry, type ToolInvocation } from '@bulkhead/tools';
import type { JsonRecord, JsonValue, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { McpCatalog } from '../mcp-catalog.service.ts';
import { McpConnector } from '../mcp-connector.service.ts';
import { defaultMcpOptions, type McpOptions } from '../mcp.options.ts';
import { McpTool } from '../mcp.tool.ts';
import { McpSessions } from '../mcp-sessions.service.ts';

// What a server lists is told in the log, for operators.
Logger.overrideLogger(false);

/** The external tools of a node, without its dispatcher and database: approvals and limits of calls are not looked at. */
export interface LoadedTools {
  readonly catalog: McpCatalog;
  readonly registry: ToolRegistry;
  readonly sessions: McpSessions;
  /** Checks the arguments and executes the tool. */
  call(
    toolName: string,
    args?: JsonRecord,
    context?: UserExecutionContext,
    signal?: AbortSignal,
  ): Promise<JsonValue>;
  close(): Promise<void>;
}

export async function loadTools(options: Partial<McpOptions>): Promise<LoadedTools> {
  const all = { ...defaultMcpOptions, ...options };
  const registry = new ToolRegistry();
  const connector = new McpConnector(all);
  const sessions = new McpSessions(connector, all);
  const catalog = new McpCatalog(registry, connector, sessions, all);
  await catalog.load();
  const ada = aContext().build();
  return {
    catalog,
    registry,
    sessions,
    call: async (toolName, args = {}, context = ada, signal = new AbortController().signal) => {
      const valid = registry.validate(toolName, args);
      const tool = registry.find(toolName);
      if (!(tool instanceof McpTool)) throw new Error(`There is no tool ${toolName}.`);
      return tool.execute(valid, { context, signal, toolCallId: '1', idempotencyKey: '1' } as ToolInvocation);
    },
    close: () => sessions.onApplicationShutdown(),
  };
}
