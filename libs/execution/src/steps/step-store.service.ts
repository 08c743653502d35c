import { Injectable, Scope } from '@nestjs/common';
import { RunSupersededError, UserEventEmitter } from '@bulkhead/events';
import { runSteps, UserDatabaseSession, type Statement } from '@bulkhead/persistence';
import { UserContextScope, UserExecutionContext } from '@bulkhead/user-context';
import { eq } from 'drizzle-orm';
import type { Checkpoints, StepResult } from './checkpoints.ts';
import { retryWhileDatabaseDown } from './retry-while-database-down.ts';
import { RunQueue } from '../queue/run-queue.service.ts';
import { reviveError, toStoredError, type StoredFailure } from './stored-error.ts';

/** Begins the name under which a step's error is kept. */
const FAILED = 'failed:';

/**
 * The durable steps of the context's run, by their names, in its owner's name. A result is stored with whatever the run
 * stores next, in one transaction: no tool is called, and nothing is told, that would have to be taken back if it were
 * lost. Only the claim that executes the run now stores anything. An outage of the database does not end a step.
 */
@Injectable({ scope: Scope.REQUEST })
export class StepStore {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly scope: UserContextScope,
    private readonly session: UserDatabaseSession,
    private readonly emitter: UserEventEmitter,
    private readonly queue: RunQueue,
  ) {}

  /** What takes a result off that has not been stored yet. */
  readonly #unstored = new Set<() => void>();

  /** Those of the run's own agent. One that failed fails again after a crash, the same way. */
  readonly own: Checkpoints = this.#stepsOf('', true);

  /**
   * Those of a sub-agent. One that failed is not kept; it is executed again after a crash.
   * @param path begins the names of all steps of one sub-agent, behind their kind, and of no other's
   */
  at(path: string): Checkpoints {
    return this.#stepsOf(path, false);
  }

  /** Lets go of results that nobody will ask for any more, because the run is at its end. */
  drop(): void {
    for (const takeOff of this.#unstored) takeOff();
    this.#unstored.clear();
  }

  #stepsOf(path: string, keepsFailures: boolean): Checkpoints {
    let stored: Promise<ReadonlyMap<string, string>> | undefined;
    return {
      run: async <Result extends StepResult>(name: string, work: () => Promise<Result>): Promise<Result> => {
        stored ??= retryWhileDatabaseDown(() => this.#load(path), this.scope.signal);
        const known = await stored;
        const failure = known.get(`${FAILED}${name}`);
        if (failure !== undefined) throw reviveError(JSON.parse(failure) as StoredFailure);
        return JSON.parse(known.get(name) ?? (await this.#perform(name, work, keepsFailures))) as Result;
      },
    };
  }

  async #load(path: string): Promise<ReadonlyMap<string, string>> {
    // What was never taken before has no steps.
    if (this.emitter.claim?.epoch === 1) return new Map();
    const rows = await this.session.transaction(({ db }) =>
      db
        .select({ name: runSteps.name, result: runSteps.result })
        .from(runSteps)
        .where(eq(runSteps.runId, this.context.runId)),
    );
    const ofPath = rows.filter(({ name }) => name.slice(name.indexOf(':') + 1).startsWith(path));
    return new Map(ofPath.map(({ name, result }) => [name, result]));
  }

  async #perform(name: string, work: () => Promise<StepResult>, keepsFailures: boolean): Promise<string> {
    const { signal } = this.scope;
    let result: string;
    try {
      result = JSON.stringify(await retryWhileDatabaseDown(work, signal));
    } catch (error) {
      await this.queue.hangWhenStopping();
      if (keepsFailures && !signal.aborted && !(error instanceof RunSupersededError)) {
        const failure = this.#keep(`${FAILED}${name}`, JSON.stringify(toStoredError(error)));
        await retryWhileDatabaseDown(() => this.session.statement(failure), signal);
      }
      throw error;
    }
    // What a closing scope makes of a step is not its result: it is executed again elsewhere.
    signal.throwIfAborted();
    this.#unstored.add(this.session.ride(this.#keep(name, result)));
    return result;
  }

  /** The lock holds back whoever takes the run over until this is there to be read. */
  #keep(name: string, result: string): Statement {
    const { claim } = this.emitter;
    return (literal) =>
      `INSERT INTO bulkhead.run_steps (run_id, name, user_id, result)
       SELECT run_id, ${literal(name)}, user_id, ${literal(result)} FROM bulkhead.runs
        WHERE run_id = ${literal(this.context.runId)} ${claim ? `AND epoch = ${literal(claim.epoch)}` : ''} FOR SHARE
       ON CONFLICT DO NOTHING`;
  }
}
