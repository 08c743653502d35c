import { Inject, Injectable, Optional } from '@nestjs/common';
import { AccountTransactions, auditSeals, type TransactionDatabase } from '@bulkhead/persistence';
import { asc, gt, sql } from 'drizzle-orm';
import type { AuditFinding, AuditVerdict } from './audit-finding.ts';
import { AuditKeys } from './audit-keys.service.ts';
import { textOfSeal, type SealContent } from './audit-seal.ts';
import { readWitness, type Witness } from './audit-witness.ts';
import { AUDIT_OPTIONS, type AuditOptions } from './audit.options.ts';
import { ChainCheck, type StoredRow } from './chain-check.ts';

const PAGE = 5_000;
const NO_USER = '00000000-0000-0000-0000-000000000000';

/** Reads the whole log and says what in it the server did not leave that way. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly keys: AuditKeys,
    private readonly transactions: AccountTransactions,
    @Optional() @Inject(AUDIT_OPTIONS) private readonly options: AuditOptions = {},
  ) {}

  /** One snapshot of everything, also while servers write. @throws DatabaseUnavailableError */
  async verify(): Promise<AuditVerdict> {
    const folder = this.options.witnessDir;
    // Before the snapshot: what a server adds meanwhile is newer than it, never older.
    let unreadable: AuditFinding | undefined;
    const witness =
      folder === undefined
        ? undefined
        : await readWitness(folder).catch((error: unknown) => {
            unreadable = { kind: 'witness', text: String((error as Error).message) };
            return undefined;
          });
    return this.transactions.run(async (db) => {
      await db.execute(sql`set transaction isolation level repeatable read read only`);
      const { seals, count, findings } = await this.#seals(db, witness);
      if (unreadable) findings.push(unreadable);
      const heads = await headsIn(db);
      const chains = heads.size;
      let rows = 0;
      let chain: ChainCheck | undefined;
      let user = '';
      const close = (): void => {
        if (chain) findings.push(...chain.end(heads.get(user) ?? 0));
        heads.delete(user);
        seals.delete(user);
      };
      for await (const row of rowsIn(db)) {
        if (row.user_id !== user) {
          close();
          user = row.user_id;
          chain = new ChainCheck(user, seals.get(user) ?? [], this.keys);
        }
        chain?.add(row);
        rows += 1;
      }
      close();
      for (const userId of new Set([...heads.keys(), ...seals.keys()])) {
        findings.push(
          ...new ChainCheck(userId, seals.get(userId) ?? [], this.keys).end(heads.get(userId) ?? 0),
        );
      }
      return { rows, chains, seals: count, findings };
    });
  }

  /** The seals that are the server's, by user. */
  async #seals(db: TransactionDatabase, witness: Witness | undefined) {
    const seals = new Map<string, SealContent[]>();
    const findings: AuditFinding[] = [];
    let macBefore: string | undefined = '';
    let count = 0;
    let last = 0;
    let isWitnessed = witness === undefined;
    for await (const seal of sealsIn(db)) {
      if (seal.sealNo !== last + 1) {
        findings.push({ kind: 'seal', text: `seal ${last + 1} to ${seal.sealNo - 1} were removed` });
        macBefore = undefined;
      }
      const isOurs = macBefore === undefined || this.keys.verify(textOfSeal(seal, macBefore), seal);
      if (!isOurs) {
        findings.push({
          kind: 'seal',
          userId: seal.userId,
          text: `seal ${seal.sealNo} is not what the server wrote`,
        });
      }
      if (isOurs && macBefore !== undefined) {
        const known = seals.get(seal.userId);
        if (known) known.push(seal);
        else seals.set(seal.userId, [seal]);
      }
      isWitnessed ||= seal.sealNo === witness?.sealNo && seal.mac === witness.mac;
      macBefore = seal.mac;
      last = seal.sealNo;
      count += 1;
    }
    if (!isWitnessed) {
      const text = `seal ${witness?.sealNo}, which this node remembers, is gone: the end of the log was removed`;
      findings.push({ kind: 'witness', text });
    }
    return { seals, count, findings };
  }
}

async function headsIn(db: TransactionDatabase): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ user_id: string; seq: string }>(
    sql`select user_id, seq from bulkhead.audit_heads`,
  );
  return new Map(rows.map(({ user_id: userId, seq }) => [userId, Number(seq)]));
}

async function* sealsIn(db: TransactionDatabase): AsyncGenerator<typeof auditSeals.$inferSelect> {
  for (let after = 0; ;) {
    const page = await db
      .select()
      .from(auditSeals)
      .where(gt(auditSeals.sealNo, after))
      .orderBy(asc(auditSeals.sealNo))
      .limit(PAGE);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.sealNo ?? after;
  }
}

async function* rowsIn(db: TransactionDatabase): AsyncGenerator<StoredRow> {
  let [user, seq] = [NO_USER, '-1'];
  for (;;) {
    const { rows } = await db.execute<StoredRow & Record<string, unknown>>(sql`
      select user_id::text, seq::text, audit_id::text, action, key_id, mac, hash, trail::text, details::text,
             to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
        from bulkhead.audit_log l where (l.user_id, l.seq) > (${user}::uuid, ${seq}::bigint)
       order by l.user_id, l.seq limit ${PAGE}`);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    [user, seq] = [last.user_id, last.seq];
  }
}
