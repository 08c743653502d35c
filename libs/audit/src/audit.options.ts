/** How the audit log is signed. */
export interface AuditOptions {
  /** The signing key, at least 32 characters; absent: derived from the password of the database's URL. */
  readonly key?: string;
  /** Keys that signed earlier, so that what they signed can still be verified: as text, or a derived one in hexadecimal. */
  readonly previousKeys?: readonly string[];
  /** Folder in which this node remembers the newest seal, out of reach of whoever holds the database only. */
  readonly witnessDir?: string;
  /** Name of the witness (`nameOfWitness`) whose seal the database may have lost, because the operator restored it. */
  readonly acceptRestored?: string;
  /** The database is the operator's own, so a key that is derived from the password of its URL deserves a word. */
  readonly isOwnDatabase?: boolean;
}

/** Where the options are injected; without them the derived key signs. */
export const AUDIT_OPTIONS = Symbol('AuditOptions');
