import { createHash } from 'node:crypto';
import type { JsonRecord } from '@bulkhead/user-context';
import type { AuditFinding } from './audit-finding.ts';
import type { AuditKeys } from './audit-keys.service.ts';
import { textOf } from './audit-record.ts';
import type { SealContent } from './audit-seal.ts';

/** A row as the database writes it. */
export interface StoredRow {
  readonly user_id: string;
  readonly seq: string;
  readonly audit_id: string;
  /** Microseconds, as the chain has it. */
  readonly at: string;
  readonly action: string;
  readonly key_id: string;
  readonly mac: string;
  readonly hash: string;
  readonly trail: string;
  readonly details: string;
}

/** Follows one user's chain from its first row to its last, and names what does not fit. */
export class ChainCheck {
  readonly findings: AuditFinding[] = [];
  readonly #seals: ReadonlyMap<number, SealContent>;
  readonly #firstSeal: number;
  #seq = 0;
  /** Undefined where a finding leaves open what came before: one defect is named once. */
  #hash: string | undefined = '';
  #sealedSeq = 0;

  constructor(
    private readonly userId: string,
    seals: readonly SealContent[],
    private readonly keys: AuditKeys,
  ) {
    this.#seals = new Map(seals.map((seal) => [seal.seq, seal]));
    this.#firstSeal = Math.max(0, ...seals.filter(({ kind }) => kind === 'first').map(({ seq }) => seq));
  }

  add(row: StoredRow): void {
    const seq = Number(row.seq);
    if (seq > this.#seq + 1) this.#removed(seq - 1);
    const wasFine = this.#hash !== undefined;
    const isOurs = this.#isOurs(row, seq);
    const fits = !wasFine || row.hash === hashOf(this.#hash ?? '', row);
    if (!isOurs) this.#find('changed', row, 'is not what the server wrote: it was changed or inserted');
    else if (!fits)
      this.#find('moved', row, 'is not at its place: a row was removed, inserted or moved here');
    const isKnown = isOurs && fits;
    if (isKnown) this.#checkSeal(row, seq);
    this.#seq = seq;
    this.#hash = isKnown ? row.hash : undefined;
  }

  /** @param headSeq how long the chain is by its head */
  end(headSeq: number): AuditFinding[] {
    const longest = Math.max(headSeq, ...this.#seals.keys());
    if (longest > this.#seq) this.#removed(longest);
    else if (headSeq < this.#seq) {
      this.#find('inserted', { seq: String(headSeq + 1) }, 'is behind the end of the chain');
    }
    return this.findings;
  }

  /** A row from before there were signatures counts when the first seal, made at the boot after, has it. */
  #isOurs(row: StoredRow, seq: number): boolean {
    if (row.key_id === '' && row.mac === '') return seq <= this.#firstSeal;
    const content = {
      userId: row.user_id,
      auditId: row.audit_id,
      at: new Date(row.at).toISOString(),
      action: row.action,
      trail: JSON.parse(row.trail) as JsonRecord,
      details: JSON.parse(row.details) as JsonRecord,
    };
    return /000Z$/.test(row.at) && this.keys.verify(textOf(content), { keyId: row.key_id, mac: row.mac });
  }

  #checkSeal(row: StoredRow, seq: number): void {
    const seal = this.#seals.get(seq);
    if (!seal) return;
    if (seal.hash !== row.hash && this.findings.length === 0) {
      const first = this.#sealedSeq + 1;
      const text = `differs from its seal: a row from ${first} to ${seq} was removed, inserted or moved`;
      this.#find('moved', { ...row, seq: String(first) }, text);
    }
    this.#sealedSeq = seq;
  }

  #removed(to: number): void {
    const from = this.#seq + 1;
    const text = from === to ? 'was removed' : `to ${to} were removed`;
    this.#find('removed', { seq: String(from) }, text);
    this.#hash = undefined;
  }

  #find(
    kind: AuditFinding['kind'],
    { seq, audit_id: auditId }: Pick<StoredRow, 'seq'> & Partial<StoredRow>,
    what: string,
  ): void {
    const text = `user ${this.userId}, row ${seq}${auditId === undefined ? '' : ` (${auditId})`} ${what}`;
    const row = { userId: this.userId, seq: Number(seq), ...(auditId !== undefined && { auditId }) };
    this.findings.push({ kind, ...row, text });
  }
}

/** As the database computes it; see `bulkhead.audit_hash`. Computed here, because whoever owns the database owns its functions. */
const hashOf = (before: string, row: StoredRow): string =>
  createHash('sha256')
    .update(
      [
        ...[before, row.user_id, row.seq, row.audit_id, row.at, row.action],
        ...[row.key_id, row.mac, row.trail, row.details],
      ].join('\n'),
    )
    .digest('hex');
