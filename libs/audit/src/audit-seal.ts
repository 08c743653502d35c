/** What a chain was at some moment. */
export interface SealContent {
  /** 1, 2, 3 … over all users, without holes. */
  readonly sealNo: number;
  readonly userId: string;
  readonly seq: number;
  readonly hash: string;
  readonly kind: 'first' | 'pass';
  /** Ids of the rows up to `seq` that no seal before has, in order; none in seals from before they were written down. */
  readonly rows: readonly string[];
}

/** The text that a seal's signature is made of: it names the signature of the seal before. */
export const textOfSeal = (seal: SealContent, macBefore: string): string =>
  ['seal', macBefore, seal.sealNo, seal.userId, seal.seq, seal.hash, seal.kind, ...seal.rows].join('\n');
