import { Inject, Injectable } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { accounts, AccountTransactions, userQuotas, type TransactionDatabase } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { eq, sql } from 'drizzle-orm';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { fromNano, toNano } from './model-price.ts';
import type { Quotas } from './quota.ts';

/** A user's own quotas, and those that hold for the user. */
export interface QuotasOfUser {
  /** Null: as configured. */
  readonly own: Quotas;
  /** Null: without end. */
  readonly inForce: Quotas;
}

/** Sets quotas of single users. Each change is written into the administrator's audit log. */
@Injectable()
export class QuotaAdministration {
  constructor(
    private readonly transactions: AccountTransactions,
    private readonly audit: AuditLog,
    @Inject(EXECUTION_OPTIONS) private readonly options: Pick<ExecutionOptions, 'quotas'>,
  ) {}

  /** @throws ResourceNotFoundError */
  get(userId: string): Promise<QuotasOfUser> {
    return this.transactions.run(async (db) => {
      await assertUser(db, userId);
      const [row] = await db.select().from(userQuotas).where(eq(userQuotas.userId, userId));
      return this.#shown(row);
    });
  }

  /**
   * Replaces the user's own quotas; holds from the next message or run on.
   * @throws ResourceNotFoundError
   */
  set(actor: UserExecutionContext, userId: string, own: Quotas): Promise<QuotasOfUser> {
    UserExecutionContext.verify(actor);
    const row = {
      tokensPerDay: own.tokensPerDay,
      tokensPerMonth: own.tokensPerMonth,
      costNanoPerDay: own.costPerDay === null ? null : toNano(own.costPerDay),
      costNanoPerMonth: own.costPerMonth === null ? null : toNano(own.costPerMonth),
    };
    return this.transactions.run(async (db) => {
      await assertUser(db, userId);
      await db
        .insert(userQuotas)
        .values({ userId, ...row })
        .onConflictDoUpdate({ target: userQuotas.userId, set: { ...row, changedAt: sql`now()` } });
      await this.audit.appendBy(db, actor, 'admin.acted', {
        ...{ act: 'quotas.changed', userId },
        quotas: toList(own),
      });
      return this.#shown(row);
    });
  }

  #shown(row: Partial<Omit<typeof userQuotas.$inferSelect, 'userId'>> = {}): QuotasOfUser {
    const configured = this.options.quotas ?? {};
    const own = {
      tokensPerDay: row.tokensPerDay ?? null,
      tokensPerMonth: row.tokensPerMonth ?? null,
      costPerDay: inDecimals(row.costNanoPerDay),
      costPerMonth: inDecimals(row.costNanoPerMonth),
    };
    const inForce = {
      tokensPerDay: own.tokensPerDay ?? configured.tokensPerDay ?? null,
      tokensPerMonth: own.tokensPerMonth ?? configured.tokensPerMonth ?? null,
      costPerDay: own.costPerDay ?? configured.costPerDay ?? null,
      costPerMonth: own.costPerMonth ?? configured.costPerMonth ?? null,
    };
    return { own, inForce };
  }
}

async function assertUser(db: TransactionDatabase, userId: string): Promise<void> {
  const found = await db
    .select({ userId: accounts.userId })
    .from(accounts)
    .where(eq(accounts.userId, userId))
    .for('update');
  if (found.length === 0) throw new ResourceNotFoundError('user');
}

/** As the log may have it: a number under a key that speaks of tokens would be taken for a secret. */
const toList = ({ tokensPerDay, tokensPerMonth, costPerDay, costPerMonth }: Quotas) => [
  { quota: 'tokens_per_day', limit: tokensPerDay },
  { quota: 'tokens_per_month', limit: tokensPerMonth },
  { quota: 'cost_per_day', limit: costPerDay },
  { quota: 'cost_per_month', limit: costPerMonth },
];

const inDecimals = (nano: bigint | null | undefined): string | null =>
  nano === null || nano === undefined ? null : fromNano(nano);
