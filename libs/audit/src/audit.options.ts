/** How the audit log is signed. */
export interface AuditOptions {
  /** The signing key, at least 32 characters; absent: derived from the password of the database's URL. */
  readonly key?: string;
  /** Keys that signed earlier, so that what they signed can still be verified. */
  readonly previousKeys?: readonly string[];
  /** Folder in which this node remembers the newest seal, out of reach of whoever holds the database only. */
  readonly witnessDir?: string;
}

/** Where the options are injected; without them the derived key signs. */
export const AUDIT_OPTIONS = Symbol('AuditOptions');
