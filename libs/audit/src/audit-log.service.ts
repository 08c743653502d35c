import { Injectable } from '@nestjs/common';
import {
  literalOf,
  UserTransactions,
  type Statement,
  type TransactionDatabase,
  type UserTransaction,
} from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { sql } from 'drizzle-orm';
import type { AuditAction } from './audit-action.ts';
import { AuditKeys } from './audit-keys.service.ts';
import { appendStatement, recordOf } from './audit-record.ts';

/**
 * Writes down what happened, in the transaction in which it happens: neither is there without the other. Each row
 * joins its user's chain, whose lock is held until the commit, so append last in a transaction. Secrets are left out.
 */
@Injectable()
export class AuditLog {
  #written = new Set<string>();
  /** Seen once already, but perhaps before the commit. */
  #taken: ReadonlySet<string> = new Set();

  constructor(
    private readonly keys: AuditKeys,
    private readonly transactions: UserTransactions,
  ) {}

  /** In a transaction of the context's user, with its commit: no round trip of its own. */
  append(
    { atCommit, afterCommit }: Pick<UserTransaction, 'atCommit' | 'afterCommit'>,
    context: UserExecutionContext,
    action: AuditAction,
    details: object = {},
  ): Promise<void> {
    atCommit(this.statement(context, action, details));
    afterCommit(() => this.#written.add(context.userId));
    return Promise.resolve();
  }

  /** As one more statement of those that go to the database together: no round trip of its own. */
  statement(context: UserExecutionContext, action: AuditAction, details: object = {}): Statement {
    const { userId } = UserExecutionContext.verify(context);
    const record = recordOf(this.keys, userId, action, context.getAuditTrail(), details);
    this.#written.add(record.userId);
    return (literal) => appendStatement(record, literal);
  }

  /** In a transaction of its own and a single round trip, for what has no other. */
  async record(context: UserExecutionContext, action: AuditAction, details: object = {}): Promise<void> {
    await this.transactions.statement(context, this.statement(context, action, details));
  }

  /**
   * In a transaction of the authenticator, about the user it has found, or about nobody (`SYSTEM_CHAIN`).
   * @param trail who and from where, as far as it is known: `requestId`, and in `auditMetadata` the address
   */
  async appendAs(
    db: TransactionDatabase,
    userId: string,
    action: AuditAction,
    details: object = {},
    trail: object = {},
  ): Promise<void> {
    const record = recordOf(this.keys, userId, action, trail, details);
    await db.execute(sql.raw(appendStatement(record, literalOf)));
    this.#written.add(record.userId);
  }

  /**
   * The same for what the context's user does to others or to the server, as administrators do: with the request's id
   * and where it came from.
   */
  async appendBy(
    db: TransactionDatabase,
    actor: UserExecutionContext,
    action: AuditAction,
    details: object = {},
  ): Promise<void> {
    const { userId, requestId, auditMetadata } = UserExecutionContext.verify(actor);
    await this.appendAs(db, userId, action, details, { requestId, auditMetadata });
  }

  /**
   * The users whose chains have grown on this node; each is named twice, because its commit may come after the first
   * time.
   */
  takeWritten(): ReadonlySet<string> {
    const both = new Set([...this.#taken, ...this.#written]);
    this.#taken = this.#written;
    this.#written = new Set();
    return both;
  }

  /** Gives back what could not be sealed. */
  returnWritten(users: Iterable<string>): void {
    for (const user of users) this.#written.add(user);
  }
}
