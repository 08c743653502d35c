import { createHash } from 'node:crypto';
import type { JsonRecord } from '@bulkhead/user-context';
import type { AuditFinding } from './audit-finding.ts';
import type { AuditKeys } from './audit-keys.service.ts';
import { textOf } from './audit-record.ts';
import type { SealContent } from './audit-seal.ts';
import { compareWithSealed, type Place } from './sealed-order.ts';

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
  readonly #findings: AuditFinding[] = [];
  readonly #seals: ReadonlyMap<number, SealContent>;
  readonly #firstSeal: number;
  /** Which row had which number when it was sealed. */
  readonly #sealed = new Map<number, string>();
  readonly #places: Place[] = [];
  #seq = 0;
  /** Undefined where a finding leaves open what came before: one defect is named once. */
  #hash: string | undefined = '';
  #sealedSeq = 0;
  #brokenSeal: { readonly from: number; readonly to: number } | undefined;

  constructor(
    private readonly userId: string,
    seals: readonly SealContent[],
    private readonly keys: AuditKeys,
  ) {
    this.#seals = new Map(seals.map((seal) => [seal.seq, seal]));
    this.#firstSeal = Math.max(0, ...seals.filter(({ kind }) => kind === 'first').map(({ seq }) => seq));
    for (const { seq, rows } of seals)
      for (const [index, auditId] of rows.entries()) this.#sealed.set(seq - rows.length + 1 + index, auditId);
  }

  add(row: StoredRow): void {
    const seq = Number(row.seq);
    if (seq > this.#seq + 1) this.#missing(this.#seq + 1, seq - 1);
    const isOurs = this.#isOurs(row, seq);
    const fits = this.#hash === undefined || row.hash === hashOf(this.#hash, row);
    if (!isOurs)
      this.#find('changed', seq, 'is not what the server wrote: it was changed or inserted', row.audit_id);
    else if (!fits) this.#find('moved', seq, 'is not at its place', row.audit_id);
    const isKnown = isOurs && fits;
    if (isKnown) this.#checkSeal(row.hash, seq);
    this.#places.push({ seq, auditId: row.audit_id });
    this.#seq = seq;
    this.#hash = isKnown ? row.hash : undefined;
  }

  /** @param headSeq how long the chain is by its head @returns what does not fit, in the order of the rows */
  end(headSeq: number): AuditFinding[] {
    const longest = Math.max(headSeq, ...this.#seals.keys());
    if (longest > this.#seq) this.#missing(this.#seq + 1, longest);
    else if (headSeq < this.#seq) this.#find('inserted', headSeq + 1, 'is behind the end of the chain');
    for (const { kind, seq, auditId } of compareWithSealed(this.#sealed, this.#places))
      this.#find(kind, seq, wordsFor[kind], auditId);
    const broken = this.#brokenSeal;
    if (broken && !this.#findings.some(({ seq = 0 }) => seq <= broken.to)) {
      const text = `differs from its seal: a row from here to ${broken.to} was removed, inserted or moved`;
      this.#find('moved', broken.from, text);
    }
    return this.#findings.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
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

  /** Of the seals that differ only the first one says something: the hashes behind it follow from it. */
  #checkSeal(hash: string, seq: number): void {
    const seal = this.#seals.get(seq);
    if (!seal) return;
    if (seal.hash !== hash) this.#brokenSeal ??= { from: this.#sealedSeq + 1, to: seq };
    this.#sealedSeq = seq;
  }

  /** Numbers that no row has. Where it is sealed which rows had them, those are looked for by their ids instead. */
  #missing(from: number, to: number): void {
    this.#hash = undefined;
    const unknown: number[] = [];
    for (let seq = from; seq <= to; seq += 1) if (!this.#sealed.has(seq)) unknown.push(seq);
    const [first, last] = [unknown[0], unknown.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#find('removed', first, first === last ? 'was removed' : `to ${last} were removed`);
  }

  #find(kind: AuditFinding['kind'], seq: number, what: string, auditId?: string): void {
    if (this.#findings.some((finding) => finding.seq === seq && finding.auditId === auditId)) return;
    const text = `user ${this.userId}, row ${seq}${auditId === undefined ? '' : ` (${auditId})`} ${what}`;
    this.#findings.push({
      kind,
      userId: this.userId,
      seq,
      ...(auditId !== undefined && { auditId }),
      text,
    });
  }
}

const wordsFor = {
  removed: 'was removed',
  inserted: 'was inserted: it was not there when its neighbours were sealed',
  moved: 'is not at its place',
} as const;

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
