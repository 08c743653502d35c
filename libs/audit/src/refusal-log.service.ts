import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { AccountTransactions } from '@bulkhead/persistence';
import type { AuditAction } from './audit-action.ts';
import { AuditLog } from './audit-log.service.ts';
import { SYSTEM_CHAIN } from './audit-record.ts';

/** How long refusals are counted before they are written, in milliseconds. */
const INTERVAL_MS = 10_000;
/** Different refusals that are told apart in one interval; more are counted together by user, or else altogether. */
const MAX_KINDS = 50;
/** Users who are told apart in one interval. */
const MAX_USERS = 1_000;

/** Something was asked for and refused. */
export interface Refusal {
  readonly action: Extract<AuditAction, 'sign_in.refused' | 'access.refused'>;
  /** Code of the problem that was answered. */
  readonly code: string;
  /** Whose account it was about, when that is known. */
  readonly userId?: string;
  /** Where it came from. */
  readonly address?: string;
  /** What was asked for: a route or an event, without ids. */
  readonly subject?: string;
}

/**
 * Counts refusals, and writes each kind once per interval with its number: who floods the door can't flood the log.
 * What was counted last is lost when the process is killed.
 */
@Injectable()
export class RefusalLog implements OnModuleDestroy {
  readonly #logger = new Logger(RefusalLog.name);
  #counts = new Map<string, { readonly refusal: Refusal; count: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly audit: AuditLog,
    private readonly transactions: AccountTransactions,
  ) {}

  /** Costs no query. */
  note(refusal: Refusal): void {
    const counted = this.#countedAs(refusal);
    const key = keyOf(counted);
    const entry = this.#counts.get(key) ?? { refusal: counted, count: 0 };
    entry.count += 1;
    this.#counts.set(key, entry);
    this.#timer ??= setTimeout(() => void this.flush(), INTERVAL_MS).unref();
  }

  /** Whoever attacks many accounts, from many addresses, hides none of them in the number. */
  #countedAs(refusal: Refusal): Refusal {
    const { action, code, userId } = refusal;
    const has = (kind: Refusal, limit: number): boolean =>
      this.#counts.has(keyOf(kind)) || this.#counts.size < limit;
    if (has(refusal, MAX_KINDS)) return refusal;
    const ofUser = { action, code, ...(userId !== undefined && { userId }) };
    return has(ofUser, MAX_KINDS + MAX_USERS) ? ofUser : { action, code };
  }

  /** Before the log is sealed for the last time. */
  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }

  /** Writes what was counted. Never throws: what could not be written is told to the server's own log. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = [...this.#counts.values()].map(({ refusal, count }) => ({ ...refusal, count }));
    this.#counts = new Map();
    if (counts.length === 0) return;
    // In one order everywhere, so that no two nodes wait for each other's chains.
    const sorted = counts.toSorted((a, b) => chainOf(a).localeCompare(chainOf(b)));
    await this.transactions
      .run(async (db) => {
        for (const { action, userId: _owner, address, ...details } of sorted) {
          const trail = address === undefined ? {} : { auditMetadata: { clientIp: address } };
          await this.audit.appendAs(db, chainOf({ userId: _owner }), action, details, trail);
        }
      })
      .catch((error: unknown) => this.#logger.error({ err: error, refusals: sorted }));
  }
}

const keyOf = (refusal: Refusal): string =>
  JSON.stringify(Object.entries(refusal).toSorted(([a], [b]) => a.localeCompare(b)));
const chainOf = ({ userId }: { readonly userId?: string | undefined }): string => userId ?? SYSTEM_CHAIN;
