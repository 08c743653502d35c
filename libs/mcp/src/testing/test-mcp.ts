import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Global, Module } from '@nestjs/common';
import { openTestEvents, type TestEvents } from '@bulkhead/events/testing';
import { hashArguments, ToolDispatcher, ToolRegistry, type ToolCall, type ToolReport } from '@bulkhead/tools';
import type { JsonRecord, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { McpCatalog } from '../mcp-catalog.service.ts';
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
  readonly catalog: McpCatalog;
  readonly registry: ToolRegistry;
  /** The same call, approved by the run's owner. */
  callApproved(context: UserExecutionContext, toolName: string, args?: JsonRecord): Promise<ToolReport>;
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
  const execute = (
    { identity, threadId, runId }: UserExecutionContext,
    call: Omit<ToolCall, 'toolCallId'>,
    signal: AbortSignal,
  ): Promise<ToolReport> =>
    events.scopes.run(aContext(identity).on({ threadId, runId }).build(), ToolDispatcher, (dispatcher) =>
      dispatcher.execute(
        { agentName: 'assistant', permittedTools: [call.toolName] },
        { toolCallId: randomUUID(), ...call },
        signal,
      ),
    );
  return {
    events,
    sessions: events.node.get(McpSessions, { strict: false }),
    catalog: events.node.get(McpCatalog, { strict: false }),
    registry: events.node.get(ToolRegistry, { strict: false }),
    openRun: async (...roles) =>
      events.openRun(
        await events.database.signUp({
          permissions: ['tools:mcp'],
          roles: roles.length > 0 ? roles : ['user'],
        }),
      ),
    call: (context, toolName, args = {}, signal = new AbortController().signal) =>
      execute(context, { toolName, arguments: args }, signal),
    callApproved: (context, toolName, args = {}) =>
      execute(
        context,
        {
          toolName,
          arguments: args,
          approval: { decision: 'approved', argumentsHash: hashArguments(args) },
        },
        new AbortController().signal,
      ),
    close: () => events.close(),
  };
}

const compiler = new URL('../../../../tools/workspace/swc-hook.mjs', import.meta.url);

/** How an operator would configure the child process of the specs. */
export const aChildProcess = (env: Record<string, string> = {}): StdioTransportOptions => ({
  ...childRunning('./stdio-server.process.ts'),
  env,
});

/** One that looks for secrets in other processes and in a folder. */
export const aHostileChild = (folder: string): StdioTransportOptions =>
  childRunning('./hostile-server.process.ts', folder);

const childRunning = (file: string, ...args: readonly string[]): StdioTransportOptions => ({
  kind: 'stdio',
  command: process.execPath,
  args: ['--import', compiler.href, fileURLToPath(new URL(file, import.meta.url)), ...args],
});

function configuration(options: McpOptions) {
  const provider = { provide: MCP_OPTIONS, useValue: options };
  @Global()
  @Module({ providers: [provider], exports: [provider] })
  class Configuration {}
  return Configuration;
}
