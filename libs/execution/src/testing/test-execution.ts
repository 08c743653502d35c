import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { messages, runs, threads } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import type { ExecutionOptions } from '../execution.options.ts';
import { applicationOf, type TestModules } from './test-application.ts';
import { TestNode } from './test-node.ts';

/** Execution on a real database of the spec's own; call `close` when done. */
export interface TestExecution {
  readonly database: TestDatabase;
  /** Starts a node: a life of the server's process. More than one may live at a time. */
  startNode(options?: Partial<ExecutionOptions>): Promise<TestNode>;
  /** A new user with the permissions of the built-in tools and of `aTool`. */
  signUp(): Promise<Identity>;
  /** Stores a thread. @returns a context on it, with the id of a run that does not exist yet */
  openThread(identity: Identity): Promise<UserExecutionContext>;
  /** Stores a queued run with its message, in a thread of its own, and leaves out the queue. */
  openRun(identity: Identity, content: string): Promise<UserExecutionContext>;
  close(): Promise<void>;
}

const permissions = ['tools:calculator', 'tools:time', 'tools:notes', 'tools:spec', 'agents:delegate'];
const usualOptions = {
  role: 'all' as const,
  runsPerUser: 5,
  runsPerNode: 100,
  leaseMs: 10_000,
  memoryLimitPercent: 95,
  unfinishedRunsPerUser: 200,
  contextTokens: 32_000,
  maxSteps: 8,
  maxToolCalls: 8,
  maxDelegations: 8,
  approvalTimeoutMs: 600_000,
  runTimeoutMs: 60_000,
  drainTimeoutMs: 5_000,
};

export async function openTestExecution(setup: TestModules = {}): Promise<TestExecution> {
  const database = await openTestDatabase();
  const identities = new Map<string, Identity>();
  const nodes: TestNode[] = [];
  const openThread = async (identity: Identity): Promise<UserExecutionContext> => {
    const context = aContext(identity).build();
    const { threadId, userId } = context;
    await database.transactions.run(context, ({ db }) => db.insert(threads).values({ threadId, userId }));
    return context;
  };
  return {
    database,
    openThread,
    startNode: async (more) => {
      const options = { nodeId: randomUUID(), ...usualOptions, ...more };
      const module = applicationOf(setup, database.options, options);
      const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
      const node = new TestNode(app, (userId) => identities.get(userId));
      nodes.push(node);
      return node;
    },
    signUp: async () => {
      const identity = await database.signUp({
        permissions: [...permissions, ...(setup.tools ?? []).map((tool) => tool.permission)],
      });
      identities.set(identity.userId, identity);
      return identity;
    },
    openRun: async (identity, content) => {
      const context = await openThread(identity);
      const { threadId, runId, userId } = context;
      const run = { runId, userId, threadId, agentName: 'assistant', state: 'queued' };
      const message = { messageId: randomUUID(), userId, threadId, runId, seq: 0, role: 'user' as const };
      await database.transactions.run(context, async ({ db }) => {
        await db.insert(runs).values(run);
        await db.insert(messages).values({ ...message, content });
      });
      return context;
    },
    close: async () => {
      for (const node of nodes) await node.stop();
      await database.close();
    },
  };
}
