import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AccountTransactions, auditHeads, auditSeals, type TransactionDatabase } from '@bulkhead/persistence';
import { desc, inArray, sql } from 'drizzle-orm';
import { AuditKeys } from './audit-keys.service.ts';
import { AuditLog } from './audit-log.service.ts';
import { SYSTEM_CHAIN } from './audit-record.ts';
import { textOfSeal, type SealContent } from './audit-seal.ts';
import { WitnessGuard } from './witness-guard.ts';
import { AUDIT_OPTIONS, type AuditOptions } from './audit.options.ts';

/** How long a row may be unsealed, in milliseconds. */
const PASS_MS = 1_000;
/** Any fixed number: nodes take turns. */
const SEAL_LOCK = 0x6175_6469;

const DERIVED_KEY =
  "AUDIT_KEY is not set: the audit log is tamper-evident against whoever has the database only, as its key comes from the password of the database's URL. Set AUDIT_KEY, and keep it somewhere else.";

type Head = Pick<SealContent, 'userId' | 'seq' | 'hash' | 'rows'>;

/** Signs the ends of the chains that have grown, a moment after they grew: off the way of every request. */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(AuditSealer.name);
  readonly #witness: WitnessGuard;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> = Promise.resolve();

  constructor(
    private readonly audit: AuditLog,
    private readonly keys: AuditKeys,
    private readonly transactions: AccountTransactions,
    @Optional() @Inject(AUDIT_OPTIONS) private readonly options: AuditOptions = {},
  ) {
    this.#witness = new WitnessGuard(options);
  }

  /**
   * Seals what was left, by a crash or from before there were seals, before anything new is written here.
   * @throws AuditLogRolledBackError when the database has lost seals that this node remembers
   */
  async onApplicationBootstrap(): Promise<void> {
    if (this.options.isOwnDatabase && this.options.key === undefined) this.#logger.warn(DERIVED_KEY);
    await this.#store(async (db) => {
      const lost = await this.#witness.assertKept(db);
      if (lost) await this.audit.appendAs(db, SYSTEM_CHAIN, 'audit.restored', { lostSealNo: lost.sealNo });
      return headsWithoutSeal(db);
    });
    this.#timer = setInterval(() => void this.seal(), PASS_MS);
    this.#timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.seal();
  }

  /** Seals what has been written on this node. Never throws: what could not be sealed is tried again. */
  seal(): Promise<void> {
    this.#pass = this.#pass.then(() => this.#sealWritten());
    return this.#pass;
  }

  async #sealWritten(): Promise<void> {
    const users = this.audit.takeWritten();
    if (users.size === 0) return;
    try {
      await this.#store(async (db) => {
        await this.#witness.watch(db);
        return headsOf(db, [...users]);
      });
    } catch (error) {
      this.audit.returnWritten(users);
      this.#logger.warn({ err: error as Error }, 'The audit log could not be sealed yet.');
    }
  }

  async #store(findHeads: (db: TransactionDatabase) => Promise<Head[]>): Promise<void> {
    const newest = await this.transactions.run(async (db) => {
      await db.execute(sql`select pg_advisory_xact_lock(${SEAL_LOCK})`);
      const [last] = await db.select().from(auditSeals).orderBy(desc(auditSeals.sealNo)).limit(1);
      const heads = await findHeads(db);
      // The first seal of all is the system's, also when there is nothing to seal: from then on there are seals.
      if (!last && heads.length === 0) heads.push({ userId: SYSTEM_CHAIN, seq: 0, hash: '', rows: [] });
      const seals = this.#chain(heads, last?.sealNo ?? 0, last?.mac ?? '');
      if (seals.length > 0) await db.insert(auditSeals).values(seals);
      return seals.at(-1) ?? last;
    });
    if (newest) await this.#witness.keep(newest);
  }

  #chain(heads: readonly Head[], lastNo: number, lastMac: string) {
    const kind: SealContent['kind'] = lastNo === 0 ? 'first' : 'pass';
    let mac = lastMac;
    return heads.map((head, index) => {
      const content: SealContent = { sealNo: lastNo + index + 1, ...head, kind };
      const signature = this.keys.sign(textOfSeal(content, mac));
      mac = signature.mac;
      return { ...content, rows: [...content.rows], ...signature };
    });
  }
}

const { userId, seq, hash } = auditHeads;

/** The rows that the chain has grown by since its last seal: one statement, so that they end where the head is. */
const rows = sql<string[]>`array(
  select l.audit_id from bulkhead.audit_log l
   where l.user_id = audit_heads.user_id and l.seq <= audit_heads.seq and l.seq > coalesce(
     (select max(s.seq) from bulkhead.audit_seals s where s.user_id = audit_heads.user_id), 0)
   order by l.seq)`;

const isUnsealed = sql`not exists (select from ${auditSeals} where ${auditSeals.userId} = ${userId}
  and ${auditSeals.seq} >= ${seq})`;

const headsWithoutSeal = (db: TransactionDatabase): Promise<Head[]> =>
  db.select({ userId, seq, hash, rows }).from(auditHeads).where(isUnsealed);

const headsOf = (db: TransactionDatabase, users: string[]): Promise<Head[]> =>
  db
    .select({ userId, seq, hash, rows })
    .from(auditHeads)
    .where(sql`${inArray(userId, users)} and ${isUnsealed}`);
