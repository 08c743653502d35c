import { Injectable } from '@nestjs/common';
import { runs, UserTransactions, type UserTransaction } from '@bulkhead/persistence';
import { Tracing } from '@bulkhead/telemetry';
import type { UserExecutionContext } from '@bulkhead/user-context';
import { eq } from 'drizzle-orm';

/** Keeps a run's place in its trace with the run: another node, or this one after a restart, continues it. */
@Injectable()
export class RunTraces {
  constructor(
    private readonly tracing: Tracing,
    private readonly transactions: UserTransactions,
  ) {}

  /** Stores where the context's run continues from: the caller's span, if there is one. */
  async keep({ db }: Pick<UserTransaction, 'db'>, { runId }: UserExecutionContext): Promise<void> {
    const traceparent = this.tracing.current;
    if (traceparent !== undefined) await db.update(runs).set({ traceparent }).where(eq(runs.runId, runId));
  }

  /** Where a run of the context's user continues from; undefined: it is not traced, or can't be asked for now. */
  async of(context: UserExecutionContext, runId: string): Promise<string | undefined> {
    if (!this.tracing.isOn) return undefined;
    const find = this.transactions.statement<{ traceparent: string | null }>(
      context,
      (literal) => `SELECT traceparent FROM bulkhead.runs WHERE run_id = ${literal(runId)}`,
    );
    // Whether something is traced decides about nothing else.
    const [row] = await find.catch(() => []);
    return row?.traceparent ?? undefined;
  }
}
