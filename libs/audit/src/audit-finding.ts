/** Something in the log that the server did not leave that way. */
export interface AuditFinding {
  readonly kind: 'changed' | 'inserted' | 'removed' | 'moved' | 'unsealed' | 'seal' | 'witness';
  /** Whose chain; absent when it is about the seals as a whole. */
  readonly userId?: string;
  /** Where in the chain, the first place when there are several. */
  readonly seq?: number;
  /** Which row, when it is still there. */
  readonly auditId?: string;
  /** What is wrong, in words. */
  readonly text: string;
}

/** What a verification came to. */
export interface AuditVerdict {
  readonly rows: number;
  readonly chains: number;
  readonly seals: number;
  /** Empty when the log is as the server wrote it. */
  readonly findings: readonly AuditFinding[];
}
