import { Injectable, Scope } from '@nestjs/common';
import { runSteps, UserDatabaseSession } from '@bulkhead/persistence';
import { UserContextScope, UserExecutionContext } from '@bulkhead/user-context';
import { and, eq, sql } from 'drizzle-orm';
import type { DurableSteps, StepResult } from './durable-steps.ts';
import { outlast } from './outlast.ts';

/**
 * Durable steps of sub-agents, which run side by side: the durable engine knows steps by their order, these are known
 * by their names. An outage of the database does not end them, or the supervisor could only be told that its sub-agent
 * failed. A step that fails is not kept; it is executed again after a crash.
 */
@Injectable({ scope: Scope.REQUEST })
export class KeptSteps {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly scope: UserContextScope,
    private readonly session: UserDatabaseSession,
  ) {}

  /** @param path begins the names of all steps of one sub-agent, behind their kind, and of no other's */
  at(path: string): DurableSteps {
    const { signal } = this.scope;
    let stored: Promise<ReadonlyMap<string, string>> | undefined;
    return {
      run: async <Result extends StepResult>(name: string, work: () => Promise<Result>): Promise<Result> => {
        stored ??= outlast(() => this.#load(path), signal);
        const known = (await stored).get(name);
        const result = known ?? (await outlast(() => this.#perform(name, work), signal));
        return JSON.parse(result) as Result;
      },
    };
  }

  async #load(path: string): Promise<ReadonlyMap<string, string>> {
    const isBelow = sql`split_part(${runSteps.name}, ':', 2) like ${`${path}%`}`;
    const rows = await this.session.transaction(({ db }) =>
      db
        .select({ name: runSteps.name, result: runSteps.result })
        .from(runSteps)
        .where(and(eq(runSteps.runId, this.context.runId), isBelow)),
    );
    return new Map(rows.map(({ name, result }) => [name, result]));
  }

  /** @returns what is stored: another node may have been quicker */
  async #perform(name: string, work: () => Promise<StepResult>): Promise<string> {
    const { runId, userId } = this.context;
    const result = JSON.stringify(await work());
    // What a closing scope makes of a step is not its result: it is executed again elsewhere.
    this.scope.signal.throwIfAborted();
    return this.session.transaction(async ({ db }) => {
      const added = await db.insert(runSteps).values({ runId, userId, name, result }).onConflictDoNothing();
      if (added.rowCount === 1) return result;
      const isIt = and(eq(runSteps.runId, runId), eq(runSteps.name, name));
      const [first] = await db.select({ result: runSteps.result }).from(runSteps).where(isIt);
      return first?.result ?? result;
    });
  }
}
