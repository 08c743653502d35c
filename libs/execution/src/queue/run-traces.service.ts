import { Injectable } from '@nestjs/common';
import { UserTransactions, type UserTransaction } from '@bulkhead/persistence';
import { Tracing } from '@bulkhead/telemetry';
import type { UserExecutionContext } from '@bulkhead/user-context';

/** Keeps a run's place in its trace with the run: another node, or this one after a restart, continues it. */
@Injectable()
export class RunTraces {
  constructor(
    private readonly tracing: Tracing,
    private readonly transactions: UserTransactions,
  ) {}

  /** Stores, with the run, where it continues from: the caller's span, if there is one. */
  keep(transaction: Pick<UserTransaction, 'atCommit'>, { runId }: UserExecutionContext): void {
    const traceparent = this.tracing.current;
    if (traceparent === undefined) return;
    transaction.atCommit(
      (literal) =>
        `UPDATE bulkhead.runs SET traceparent = ${literal(traceparent)} WHERE run_id = ${literal(runId)}`,
    );
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
