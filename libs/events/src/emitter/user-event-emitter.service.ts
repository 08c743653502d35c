import { Injectable, Scope } from '@nestjs/common';
import { UserDatabaseSession, type Statement, type UserTransaction } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { EventLog, type EventBatch } from '../log/event-log.service.ts';
import { EventRouter } from '../fanout/event-router.service.ts';
import { FencingTokens, type RunClaim } from '../fencing/fencing-tokens.service.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';

/**
 * Emits events of one context: to its user, in its thread, for its run, and nowhere else. Events are stored first
 * and delivered after the commit.
 */
@Injectable({ scope: Scope.REQUEST })
export class UserEventEmitter {
  /** Under which the context's run is executed here; absent for its owner's requests. */
  readonly claim: RunClaim | undefined;

  constructor(
    private readonly context: UserExecutionContext,
    private readonly session: UserDatabaseSession,
    private readonly log: EventLog,
    private readonly router: EventRouter,
    fence: FencingTokens,
  ) {
    this.claim = fence.claimOf(context);
  }

  /**
   * Stores and delivers a batch in a transaction of its own.
   * @param also is stored with it, in the same round trip: what is written down about it
   * @returns the stored events, or an empty list when a batch with this key is stored already
   * @throws RunEndedError, RunSupersededError, ResourceNotFoundError
   */
  async emit(batch: EventBatch, also?: Statement): Promise<readonly ThreadEvent[]> {
    const [stored = []] = await this.emitAll([batch], also);
    return stored;
  }

  /** The same with several batches, in one transaction. @returns what became of each */
  async emitAll(
    batches: readonly EventBatch[],
    also?: Statement,
  ): Promise<readonly (readonly ThreadEvent[])[]> {
    const stored = await this.log.appendAlone(this.session, this.context, batches, this.claim?.epoch, also);
    for (const events of stored) this.#publish(events);
    return stored;
  }

  /**
   * The same within a transaction of the same session: delivered if and when that commits.
   * @param before statements that go to the database first, in the same round trip
   */
  async emitWithin(
    transaction: UserTransaction,
    batch: EventBatch,
    ...before: Statement[]
  ): Promise<readonly ThreadEvent[]> {
    const options = { epoch: this.claim?.epoch, before };
    const stored = await this.log.append(transaction, this.context, batch, options);
    transaction.afterCommit(() => this.#publish(stored));
    return stored;
  }

  /** A batch that was stored before may have lost its publication with whoever stored it. */
  #publish(stored: readonly ThreadEvent[]): void {
    if (stored.length > 0) this.router.publish(this.context, stored);
    else this.router.republish(this.context);
  }
}
