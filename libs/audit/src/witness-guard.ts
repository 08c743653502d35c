import { Logger } from '@nestjs/common';
import { auditSeals, type TransactionDatabase } from '@bulkhead/persistence';
import { and, desc, eq } from 'drizzle-orm';
import { AuditLogRolledBackError } from './audit.errors.ts';
import type { AuditOptions } from './audit.options.ts';
import { nameOfWitness, readWitness, writeWitness, type Witness } from './audit-witness.ts';

/**
 * Keeps the witness of this node, and never writes a newer seal over one that the database has lost: what it remembers
 * is the only proof of the loss.
 */
export class WitnessGuard {
  readonly #logger = new Logger(WitnessGuard.name);
  #kept: Witness | undefined;
  #isLost = false;

  constructor(private readonly options: Pick<AuditOptions, 'witnessDir' | 'acceptRestored'>) {}

  /**
   * At the boot, in the transaction of its first seals.
   * @returns what was lost, if the operator has accepted that
   * @throws AuditLogRolledBackError when the database does not have what this node remembers; AuditWitnessUnreadableError
   */
  async assertKept(db: TransactionDatabase): Promise<Witness | undefined> {
    const { witnessDir: folder, acceptRestored } = this.options;
    this.#kept = folder === undefined ? undefined : await readWitness(folder);
    const witness = this.#kept;
    if (!witness || (await has(db, witness))) return undefined;
    if (acceptRestored !== nameOfWitness(witness)) {
      const [newest] = await db
        .select({ sealNo: auditSeals.sealNo })
        .from(auditSeals)
        .orderBy(desc(auditSeals.sealNo))
        .limit(1);
      throw new AuditLogRolledBackError(witness.sealNo, nameOfWitness(witness), newest?.sealNo ?? 0);
    }
    this.#kept = undefined;
    return witness;
  }

  /** Later on, in the transaction of each pass: the server goes on, and its log says what happened. */
  async watch(db: TransactionDatabase): Promise<void> {
    if (this.#isLost || !this.#kept || (await has(db, this.#kept))) return;
    this.#isLost = true;
    this.#logger.error(
      `Seal ${this.#kept.sealNo} of the audit log, which this node wrote or saw, is gone from the database. The witness in DATA_DIR is kept as it is: run "npm run audit -- verify".`,
    );
  }

  /** Once the seals are committed. */
  async keep(newest: Witness): Promise<void> {
    const folder = this.options.witnessDir;
    if (folder === undefined || this.#isLost) return;
    await writeWitness(folder, newest);
    this.#kept = newest;
  }
}

async function has(db: TransactionDatabase, { sealNo, mac }: Witness): Promise<boolean> {
  const isSame = and(eq(auditSeals.sealNo, sealNo), eq(auditSeals.mac, mac));
  return (await db.select({ sealNo: auditSeals.sealNo }).from(auditSeals).where(isSame)).length > 0;
}
