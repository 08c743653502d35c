import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AccountTransactions, accounts } from '@bulkhead/persistence';
import { and, inArray, sql } from 'drizzle-orm';
import { AUTH_OPTIONS, type AuthOptions } from '../auth.options.ts';

/**
 * Makes administrators of the accounts that the operator names by id. By id, because an id can't be claimed by
 * signing up first, as an email could.
 */
@Injectable()
export class AdminBootstrap implements OnApplicationBootstrap {
  readonly #logger = new Logger(AdminBootstrap.name);

  constructor(
    private readonly transactions: AccountTransactions,
    @Inject(AUTH_OPTIONS) private readonly options: AuthOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { adminUserIds = [] } = this.options;
    if (adminUserIds.length === 0) return;
    const made = await this.transactions.run((db) =>
      db
        .update(accounts)
        .set({ roles: sql`array_append(${accounts.roles}, 'admin')` })
        .where(and(inArray(accounts.userId, [...adminUserIds]), sql`not 'admin' = any(${accounts.roles})`))
        .returning({ userId: accounts.userId }),
    );
    for (const { userId } of made) this.#logger.warn(`ADMIN_USER_IDS made ${userId} an administrator.`);
  }
}
