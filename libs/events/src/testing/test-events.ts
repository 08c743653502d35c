import { Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PERSISTENCE_OPTIONS, runs, threads, type PersistenceOptions } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import { ScopeRunner, type Identity, type UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { eq } from 'drizzle-orm';
import { EventLog, type EventBatch } from '../log/event-log.service.ts';
import { EventRouter } from '../fanout/event-router.service.ts';
import { EventsModule } from '../events.module.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { UserEventEmitter } from '../emitter/user-event-emitter.service.ts';

/** The real modules of a node on a real database of the spec's own; call `close` when done. */
export interface TestEvents {
  readonly database: TestDatabase;
  readonly node: INestApplicationContext;
  readonly scopes: ScopeRunner;
  readonly router: EventRouter;
  readonly log: EventLog;
  /** Stores a running run in a thread of its own; of a new user when none is given. */
  openRun(identity?: Identity): Promise<UserExecutionContext>;
  /** Stores one more run in the context's thread. */
  openRunIn(context: UserExecutionContext): Promise<UserExecutionContext>;
  /** Brings the context's run to a terminal state. */
  endRun(context: UserExecutionContext, state: string): Promise<void>;
  /** Stores and delivers a batch in the context's run, in a scope and a context of its own. */
  emit(context: UserExecutionContext, batch: EventBatch): Promise<readonly ThreadEvent[]>;
  /** Another node on the same database, with a router of its own; closed with the rest. */
  startNode(): Promise<INestApplicationContext>;
  /** Everything the context's user can read in the context's thread. */
  stored(context: UserExecutionContext): Promise<ThreadEvent[]>;
  close(): Promise<void>;
}

export async function openTestEvents(modules: readonly Type[] = []): Promise<TestEvents> {
  const database = await openTestDatabase();
  const nodes: INestApplicationContext[] = [];
  const startNode = async (): Promise<INestApplicationContext> => {
    const options = { logger: false as const, abortOnError: false };
    const started = await NestFactory.createApplicationContext(
      moduleWith(database.options, modules),
      options,
    );
    nodes.push(started);
    return started;
  };
  const node = await startNode();
  const scopes = node.get(ScopeRunner, { strict: false });
  const log = node.get(EventLog, { strict: false });
  const storeRun = async (context: UserExecutionContext): Promise<UserExecutionContext> => {
    const { runId, threadId, userId } = context;
    const run = { runId, threadId, userId, agentName: 'assistant', state: 'running' };
    await database.transactions.run(context, async ({ db }) => {
      await db.insert(threads).values({ threadId, userId }).onConflictDoNothing();
      await db.insert(runs).values(run);
    });
    return context;
  };
  return {
    database,
    node,
    startNode,
    scopes,
    log,
    router: node.get(EventRouter, { strict: false }),
    openRun: async (identity) => storeRun(aContext(identity ?? (await database.signUp())).build()),
    openRunIn: ({ identity, threadId }) => storeRun(aContext(identity).on({ threadId }).build()),
    endRun: (context, state) =>
      database.transactions.run(context, async ({ db }) => {
        await db.update(runs).set({ state }).where(eq(runs.runId, context.runId));
      }),
    emit: ({ identity, threadId, runId }, batch) =>
      scopes.run(aContext(identity).on({ threadId, runId }).build(), UserEventEmitter, (emitter) =>
        emitter.emit(batch),
      ),
    stored: (context) => log.read(context, { threadId: context.threadId, afterSeq: 0, limit: 100_000 }),
    close: async () => {
      for (const started of nodes) await started.close();
      await database.close();
    },
  };
}

/** What the application's module and its one configuration module do. */
function moduleWith(persistence: PersistenceOptions, modules: readonly Type[]) {
  const providers = [{ provide: PERSISTENCE_OPTIONS, useValue: persistence }];
  @Module({})
  class Configuration {}
  return {
    module: class Application {},
    imports: [
      { module: Configuration, global: true, providers, exports: providers },
      EventsModule,
      ...modules,
    ],
  };
}
