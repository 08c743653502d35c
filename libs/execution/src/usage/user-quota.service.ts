import { Inject, Injectable, Scope } from '@nestjs/common';
import { UserDatabaseSession } from '@bulkhead/persistence';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { fromNano } from './model-price.ts';
import { assertLeft, quotaQuery, quotasIn, type QuotaName, type QuotaRow, type QuotaUse } from './quota.ts';

/** One quota of a user: tokens, or a decimal number in the price table's currency. */
export interface QuotaShown {
  readonly quota: QuotaName;
  readonly limit: string;
  readonly used: string;
  /** When it begins anew: ISO 8601, UTC. */
  readonly resetsAt: string;
}

/** What the context's user may still use. */
@Injectable({ scope: Scope.REQUEST })
export class UserQuota {
  #hasNone = false;

  constructor(
    private readonly session: UserDatabaseSession,
    @Inject(EXECUTION_OPTIONS) private readonly options: Pick<ExecutionOptions, 'quotas'>,
  ) {}

  /** The quotas that there are for the user, and how much of them is used. */
  async list(): Promise<QuotaShown[]> {
    return (await this.#read()).map(({ quota, limit, used, resetsAt }) => {
      const inWords = (value: bigint): string => (quota.startsWith('cost') ? fromNano(value) : `${value}`);
      return { quota, limit: inWords(limit), used: inWords(used), resetsAt };
    });
  }

  /**
   * Asked before each model call. A user without quotas is asked about once: one that is set meanwhile holds from the
   * next unit of work on.
   * @throws QuotaExceededError
   */
  async assertLeft(): Promise<void> {
    if (this.#hasNone) return;
    const quotas = await this.#read();
    this.#hasNone = quotas.length === 0;
    assertLeft(quotas);
  }

  async #read(): Promise<QuotaUse[]> {
    const query = quotaQuery(this.options.quotas);
    const [row] = await this.session.statement<QuotaRow>(() => query);
    return row ? quotasIn(row) : [];
  }
}
