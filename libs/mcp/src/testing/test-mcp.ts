import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Global, Module } from '@nestjs/common';
import { openTestEvents, type TestEvents } from '@bulkhead/events/testing';
import { ToolDispatcher, type ToolReport } from '@bulkhead/tools';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { McpModule } from '../mcp.module.ts';
import {
  defaultMcpOptions,
  MCP_OPTIONS,
  type McpOptions,
  type StdioTransportOptions,
} from '../mcp.options.ts';
import { McpSessions } from '../mcp-sessions.service.ts';

/** The real module of a node on a real database of the spec's own; call `close` when done. */
export interface TestMcp {
  readonly events: TestEvents;
  readonly sessions: McpSessions;
  /** Stores a run of a new user with these roles. */
  openRun(...roles: readonly string[]): Promise<UserExecutionContext>;
  call(
    context: UserExecutionContext,
    toolName: string,
    args?: object,
    signal?: AbortSignal,
  ): Promise<ToolReport>;
  close(): Promise<void>;
}

export async function openTestMcp(options: Partial<McpOptions>): Promise<TestMcp> {
  const events = await openTestEvents([configuration({ ...defaultMcpOptions, ...options }), McpModule]);
  return {
    events,
    sessions: events.node.get(McpSessions, { strict: false }),
    openRun: async (...roles) =>
      events.openRun(
        await events.database.signUp({
          permissions: ['tools:mcp'],
          roles: roles.length > 0 ? roles : ['user'],
        }),
      ),
    call: ({ identity, threadId, runId }, toolName, args = {}, signal = new AbortController().signal) =>
      events.scopes.run(aContext(identity).on({ threadId, runId }).build(), ToolDispatcher, (dispatcher) =>
        dispatcher.execute(
          { agentName: 'assistant', permittedTools: [toolName] },
          { toolCallId: randomUUID(), toolName, arguments: args },
          signal,
        ),
      ),
    close: () => events.close(),
  };
}

const compiler = new URL('../../../../tools/workspace/swc-hook.mjs', import.meta.url);

/** How an operator would configure the child process of the specs. */
export const aChildProcess = (env: Record<string, string> = {}): StdioTransportOptions => ({
  kind: 'stdio',
  command: process.execPath,
  args: ['--import', compiler.href, fileURLToPath(new URL('./stdio-server.process.ts', import.meta.url))],
  env,
});

function configuration(options: McpOptions) {
  const provider = { provide: MCP_OPTIONS, useValue: options };
  @Global()
  @Module({ providers: [provider], exports: [provider] })
  class Configuration {}
  return Configuration;
}
