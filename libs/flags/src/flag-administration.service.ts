import { Injectable } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { flagChanges, FlagTransactions } from '@bulkhead/persistence';
import { UserExecutionContext } from '@bulkhead/user-context';
import { FeatureFlags } from './feature-flags.service.ts';
import {
  FLAG_NAMES,
  FLAGS,
  hasExpired,
  isFlagName,
  type FlagDefinition,
  type FlagName,
} from './flag-catalogue.ts';
import { newestChanges } from './flag-changes.ts';
import { FlagExpiredError, InvalidFlagValueError } from './flags.errors.ts';

/** A flag, as administrators see it. */
export interface AdministeredFlag extends FlagDefinition {
  readonly name: FlagName;
  /** What holds now. */
  readonly value: string;
  readonly isExpired: boolean;
  /** Who changed it last, when, and why; absent when nobody ever did. */
  readonly lastChange?: {
    readonly changedBy: string;
    /** ISO 8601, UTC. */
    readonly changedAt: string;
    readonly reason: string;
  };
}

export interface FlagChange {
  /** Null: back to the default. */
  readonly value: string | null;
  readonly reason: string;
}

/** What administrators may do about flags. Each change is kept for ever, in the table and in the audit log. */
@Injectable()
export class FlagAdministration {
  constructor(
    private readonly flags: FeatureFlags,
    private readonly transactions: FlagTransactions,
    private readonly audit: AuditLog,
  ) {}

  /** @throws DatabaseUnavailableError */
  async list(): Promise<AdministeredFlag[]> {
    const changes = await this.transactions.run(({ db }) => newestChanges(db));
    return FLAG_NAMES.map((name) =>
      this.#administered(
        name,
        changes.find((change) => change.name === name),
      ),
    );
  }

  /**
   * Takes effect on every node within a moment.
   * @throws ResourceNotFoundError, InvalidFlagValueError, FlagExpiredError; then nothing is changed
   */
  async change(
    actor: UserExecutionContext,
    name: string,
    { value, reason }: FlagChange,
  ): Promise<AdministeredFlag> {
    const { userId } = UserExecutionContext.verify(actor);
    if (!isFlagName(name)) throw new ResourceNotFoundError('flag');
    const flag: FlagDefinition = FLAGS[name];
    if (hasExpired(flag)) throw new FlagExpiredError(flag.expires);
    if (value !== null && !flag.values.includes(value)) throw new InvalidFlagValueError(flag.values);
    const change = await this.transactions.run(async ({ db, asAuthenticator }) => {
      // PostgreSQL stores no NUL in text.
      const text = reason.replaceAll('\0', '');
      const [added] = await db
        .insert(flagChanges)
        .values({ name, value, reason: text, changedBy: userId })
        .returning();
      await asAuthenticator(() =>
        this.audit.appendBy(db, actor, 'flag.changed', { flag: name, value, reason: text }),
      );
      return added;
    });
    await this.flags.announce();
    return this.#administered(name, change);
  }

  #administered(name: FlagName, change: typeof flagChanges.$inferSelect | undefined): AdministeredFlag {
    const flag: FlagDefinition = FLAGS[name];
    return {
      name,
      ...flag,
      value: this.flags.value(name),
      isExpired: hasExpired(flag),
      ...(change && {
        lastChange: {
          changedBy: change.changedBy,
          changedAt: change.changedAt.toISOString(),
          reason: change.reason,
        },
      }),
    };
  }
}
