import { randomUUID } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import type { ThreadEvent } from '@bulkhead/events';
import { openTestEvents, type TestEvents } from '@bulkhead/events/testing';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import type { ToolCall, ToolCaller } from '../dispatch/authorized-tool-call.ts';
import { BuiltInToolsModule } from '../built-in/built-in-tools.module.ts';
import { ToolDispatcher, type ToolReport } from '../dispatch/tool-dispatcher.service.ts';
import {
  defaultToolLimits,
  TOOL_LIMITS_OPTIONS,
  type ToolLimitsOptions,
} from '../dispatch/tool-limits.service.ts';
import { ToolRegistry } from '../registry/tool-registry.service.ts';
import { SpyTool } from './spy-tool.ts';

/** A tool's name and arguments, and what a test wants to be different from the usual. */
export interface TestCall extends Partial<ToolCall> {
  readonly toolName: string;
  /** The tools that the agent lists; the called one when absent. */
  readonly permittedTools?: readonly string[];
  readonly signal?: AbortSignal;
}

/** The real tools of a node on a real database of the spec's own; call `close` when done. */
export interface TestTools {
  readonly events: TestEvents;
  readonly registry: ToolRegistry;
  /** Registers a spy under a name of its own. */
  addSpy(behave?: ConstructorParameters<typeof SpyTool>[1], timeoutMs?: number): SpyTool;
  /** Stores a run of a user with these permissions; a new user's. */
  openRun(...permissions: readonly string[]): Promise<UserExecutionContext>;
  /** Executes a call in the context's run, in a scope and a context of its own. */
  execute(context: UserExecutionContext, call: TestCall): Promise<ToolReport>;
  /** The type and data of the events in the context's thread. */
  told(context: UserExecutionContext): Promise<Pick<ThreadEvent, 'type' | 'data'>[]>;
  close(): Promise<void>;
}

export async function openTestTools(limits: Partial<ToolLimitsOptions> = {}): Promise<TestTools> {
  const events = await openTestEvents([configuration(limits), BuiltInToolsModule]);
  const registry = events.node.get(ToolRegistry, { strict: false });
  let spies = 0;
  return {
    events,
    registry,
    addSpy: (behave, timeoutMs) => {
      const spy = new SpyTool(`spy_${++spies}`, behave, timeoutMs);
      registry.register(spy);
      return spy;
    },
    openRun: async (...permissions) => events.openRun(await events.database.signUp({ permissions })),
    execute: ({ identity, threadId, runId }, { toolName, ...call }) => {
      const { permittedTools = [toolName], signal = new AbortController().signal, ...rest } = call;
      const caller: ToolCaller = { agentName: 'assistant', permittedTools };
      const context = aContext(identity).on({ threadId, runId }).build();
      return events.scopes.run(context, ToolDispatcher, (dispatcher) =>
        dispatcher.execute(caller, { toolCallId: randomUUID(), arguments: {}, toolName, ...rest }, signal),
      );
    },
    told: async (context) => (await events.stored(context)).map(({ type, data }) => ({ type, data })),
    close: () => events.close(),
  };
}

function configuration(limits: Partial<ToolLimitsOptions>) {
  const provider = { provide: TOOL_LIMITS_OPTIONS, useValue: { ...defaultToolLimits, ...limits } };
  @Global()
  @Module({ providers: [provider], exports: [provider] })
  class Configuration {}
  return Configuration;
}
