import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database, NotificationChannel, runs, UserTransactions } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { and, eq, isNotNull } from 'drizzle-orm';
import { ActiveRuns } from './active-runs.service.ts';

/** Carries the ids of runs that are asked to stop. */
export const CANCEL_CHANNEL = 'bulkhead_cancels';

/**
 * Brings a request to stop to the node that executes the run. What travels is a hint: the node looks into the
 * database, as the run's owner, whether stopping was asked for.
 */
@Injectable()
export class RunCancellation implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #logger = new Logger(RunCancellation.name);
  readonly #channel: NotificationChannel;

  constructor(
    database: Database,
    private readonly ledger: ActiveRuns,
    private readonly transactions: UserTransactions,
  ) {
    this.#channel = new NotificationChannel(database.pool, CANCEL_CHANNEL, {
      onNotification: (runId) =>
        this.#check(this.ledger.running().filter((context) => context.runId === runId)),
      onListening: () => this.#check(this.ledger.running()),
    });
  }

  onApplicationBootstrap(): Promise<void> {
    return this.#channel.open();
  }

  onModuleDestroy(): void {
    this.#channel.close();
  }

  /** Stops the context's run, wherever it is executed. Its request to stop must be stored already. */
  async stop(context: UserExecutionContext): Promise<void> {
    if (!this.ledger.cancel(context)) await this.#channel.announce([context.runId]);
  }

  #check(contexts: readonly UserExecutionContext[]): void {
    for (const context of contexts) {
      this.#stopIfAsked(context).catch((error: unknown) => {
        this.#logger.error({ runId: context.runId, err: error }, 'A request to stop could not be read.');
      });
    }
  }

  async #stopIfAsked(context: UserExecutionContext): Promise<void> {
    const asked = await this.transactions.run(context, ({ db }) =>
      db
        .select({ runId: runs.runId })
        .from(runs)
        .where(and(eq(runs.runId, context.runId), isNotNull(runs.cancelRequestedAt))),
    );
    if (asked.length > 0) this.ledger.cancel(context);
  }
}
