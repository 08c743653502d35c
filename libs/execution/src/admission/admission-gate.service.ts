import { Inject, Injectable, Scope } from '@nestjs/common';
import type { WhenBusy } from '@bulkhead/events';
import { runs, type Statement, type UserTransaction } from '@bulkhead/persistence';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import { AdmissionQueue } from './admission-queue.service.ts';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { ThreadBusyError, TooManyRunsError } from '../execution.errors.ts';
import { assertLeft, quotaQuery, quotasIn, type QuotaRow } from '../usage/quota.ts';
import { MemoryGuard } from './memory-guard.service.ts';
import { CANCEL_CHANNEL } from '../runs/run-cancellation.service.ts';
import { RunControl } from '../runs/run-control.service.ts';
import { UNFINISHED_STATES } from '../runs/run-state.ts';

/** What the gate decides by. */
interface Hold extends QuotaRow {
  readonly unfinished: number;
  readonly unfinished_limit: number | null;
  readonly when_busy: WhenBusy;
  readonly busy_run: string | null;
}

/** Decides whether a message is accepted, one message of a user at a time: what is counted stays true until the commit. */
@Injectable({ scope: Scope.REQUEST })
export class AdmissionGate {
  constructor(
    private readonly context: UserExecutionContext,
    private readonly turns: AdmissionQueue,
    private readonly memory: MemoryGuard,
    private readonly scopes: ScopeRunner,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /** Waits for the user's turn before anything of the database is held. @throws ServerOverloadedError */
  inTurn<R>(work: () => Promise<R>): Promise<R> {
    this.memory.assertRoom();
    return this.turns.run(this.context.userId, work);
  }

  /**
   * Opens the transaction: holds the context's thread and its user's admissions until it ends. Raises BH404 for a foreign
   * and an absent thread alike.
   */
  readonly hold: Statement = (literal) =>
    `SELECT * FROM bulkhead.hold_admission(${literal(this.context.userId)}, ${literal(this.context.threadId)}) h,
       (${quotaQuery(this.options.quotas)}) quotas`;

  /**
   * Decides, in a transaction that was opened with `hold`.
   * @throws ServerOverloadedError, TooManyRunsError, QuotaExceededError, ThreadBusyError
   */
  async pass(transaction: UserTransaction, whenBusy?: WhenBusy): Promise<void> {
    this.memory.assertRoom();
    const [hold] = transaction.opened as readonly [Hold];
    const limit = hold.unfinished_limit ?? this.options.unfinishedRunsPerUser;
    if (hold.unfinished >= limit) throw new TooManyRunsError(limit, hold.unfinished);
    assertLeft(quotasIn(hold));
    if (hold.busy_run === null) return;
    const policy = whenBusy ?? hold.when_busy;
    if (policy === 'reject') throw new ThreadBusyError(hold.busy_run);
    if (policy === 'interrupt') await this.#interrupt(transaction);
  }

  /** Stored with the message: if this node dies after the commit, the others end what is to end. */
  async #interrupt(transaction: UserTransaction): Promise<void> {
    const { identity, threadId, runId } = this.context;
    const stopped = await transaction.db
      .update(runs)
      .set({ cancelRequestedAt: sql`coalesce(${runs.cancelRequestedAt}, now())` })
      .where(and(eq(runs.threadId, threadId), ne(runs.runId, runId), inArray(runs.state, UNFINISHED_STATES)))
      .returning({ runId: runs.runId, isToldOf: sql`pg_notify(${CANCEL_CHANNEL}, ${runs.runId}::text)` });
    transaction.afterCommit(() => {
      for (const each of stopped) {
        const context = UserExecutionContext.fromRequest(identity, { threadId, runId: each.runId });
        this.scopes.run(context, RunControl, (control) => control.cancel()).catch(() => undefined);
      }
    });
  }
}
