/** What a chain was at some moment. */
export interface SealContent {
  /** 1, 2, 3 … over all users, without holes. */
  readonly sealNo: number;
  readonly userId: string;
  readonly seq: number;
  readonly hash: string;
  readonly kind: 'first' | 'pass';
}

/** The text that a seal's signature is made of: it names the signature of the seal before. */
export const textOfSeal = (seal: SealContent, macBefore: string): string =>
  ['seal', macBefore, seal.sealNo, seal.userId, seal.seq, seal.hash, seal.kind].join('\n');
