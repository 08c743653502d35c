import { Injectable, Scope } from '@nestjs/common';
import { UserContextScope, UserExecutionContext, type DatabaseSession } from '@bulkhead/user-context';
import { DatabaseUnavailableError } from '../persistence.errors.ts';
import type { Statement } from '../sql/statement.ts';
import {
  UserTransactions,
  type TransactionOptions,
  type UserTransaction,
} from './user-transactions.service.ts';

/** The context's own way to the database: bound to it for its scope's life, useless before and after. */
@Injectable({ scope: Scope.REQUEST })
export class UserDatabaseSession implements DatabaseSession {
  /** What is to be stored with whatever is stored next. */
  #riders: Statement[] = [];
  #isCarrying = false;
  /** What has been asked for since anything was sent. */
  #asked: Asked[] = [];

  constructor(
    readonly context: UserExecutionContext,
    private readonly scope: UserContextScope,
    private readonly transactions: UserTransactions,
  ) {
    context.bindDatabaseSession(this);
  }

  /**
   * One statement in a single round trip, which it shares, and its transaction, with whatever else is asked for before
   * the process turns to other work: ask for what belongs together with `Promise.all`. One that fails is executed again
   * without the others, and alone tells its error.
   * @throws ContextIsolationError after the scope has closed
   */
  async statement<Row>(statement: Statement): Promise<Row[]> {
    const [rows = []] = await this.statements<Row>([statement]);
    return rows;
  }

  /** The same for several, one after the other in one transaction. @returns the rows of each */
  async statements<Row>(statements: readonly Statement[]): Promise<Row[][]> {
    this.scope.assertOpen();
    const rows = new Promise<unknown[][]>((resolve, reject) => {
      this.#asked.push({ statements, resolve, reject });
    });
    // Behind every promise that is settled already: what is awaited side by side has been asked for by then.
    if (this.#asked.length === 1) process.nextTick(() => void this.#sendAsked());
    return (await rows) as Row[][];
  }

  /**
   * @throws ContextIsolationError after the scope has closed
   * @throws DatabaseUnavailableError, or whatever `work` throws; then nothing is stored
   */
  async transaction<R>(
    work: (transaction: UserTransaction) => Promise<R>,
    options: SessionTransactionOptions = {},
  ): Promise<R> {
    this.scope.assertOpen();
    const { lock, first = [], once } = options;
    return this.#withRiders((riders) => {
      if (lock)
        return this.transactions.run(this.context, work, { once, first: [lock, ...riders, ...first] });
      const closing = async (transaction: UserTransaction): Promise<R> => {
        const result = await work(transaction);
        for (const rider of riders) transaction.atCommit(rider);
        return result;
      };
      return this.transactions.run(this.context, closing, { once, first });
    });
  }

  /**
   * Stores a statement's effect with whatever this session stores next, in that transaction and behind it, or when the
   * scope closes: for what nobody waits for, and what must not be there before that. Its locks are taken last.
   * @returns what takes it off again, if it has not been sent
   */
  ride(statement: Statement): () => void {
    this.scope.assertOpen();
    if (!this.#isCarrying) this.scope.defer('what rides', () => this.flush().catch(() => undefined));
    this.#isCarrying = true;
    this.#riders.push(statement);
    return () => {
      this.#riders = this.#riders.filter((rider) => rider !== statement);
    };
  }

  /** Stores what still rides. */
  async flush(): Promise<void> {
    if (this.#riders.length === 0) return;
    await this.#withRiders((riders) => this.transactions.statements(this.context, riders));
  }

  async #sendAsked(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    try {
      await this.#send(asked);
    } catch (error) {
      // Nothing of it is stored: whose failure it is shows when each goes alone. Nobody's, when the database is away.
      const isShared = asked.length > 1 && !(error instanceof DatabaseUnavailableError);
      for (const each of asked) {
        if (isShared) await this.#send([each]).catch(each.reject);
        else each.reject(error);
      }
    }
  }

  async #send(asked: readonly Asked[]): Promise<void> {
    const statements = asked.flatMap((each) => each.statements);
    const rows = await this.#withRiders((riders) =>
      this.transactions.statements(this.context, [...statements, ...riders]),
    );
    let next = 0;
    for (const each of asked) each.resolve(rows.slice(next, (next += each.statements.length)));
  }

  /** They are taken by one transaction, and given back if that fails. */
  async #withRiders<R>(work: (riders: readonly Statement[]) => Promise<R>): Promise<R> {
    const riders = this.#riders;
    this.#riders = [];
    try {
      return await work(riders);
    } catch (error) {
      this.#riders.unshift(...riders);
      throw error;
    }
  }
}

/** Statements that go together, and who waits for their rows. */
interface Asked {
  readonly statements: readonly Statement[];
  readonly resolve: (rows: unknown[][]) => void;
  readonly reject: (error: unknown) => void;
}

/** How a session's transaction begins. */
export interface SessionTransactionOptions extends TransactionOptions {
  /** Goes first of all; what rides follows it, for work that reads what that stores. */
  readonly lock?: Statement | undefined;
}
