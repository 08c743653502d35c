/** What bounds uploaded tables and the queries of agents. */
export interface TablesOptions {
  /** Largest upload, in bytes of the CSV. */
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly tablesPerUser: number;
  /** Bytes of CSV that all tables of a user may have come from. */
  readonly bytesPerUser: number;
  /**
   * Uploads that this node stores at the same time; each holds a connection of the database. Eight times as many may
   * be arriving, each of another user and in a temporary file of its own.
   */
  readonly uploadsAtOnce: number;
  /** Longest arrival of an upload, in milliseconds. */
  readonly uploadTimeoutMs: number;
  /** Longest silence of a client that uploads, in milliseconds. */
  readonly uploadStallMs: number;
  /** Slowest upload, in bytes per second, once it has been arriving for twice the longest silence. */
  readonly uploadBytesPerSecond: number;
  /** Queries that this node runs at the same time; one user may have half of them. */
  readonly queriesAtOnce: number;
  /** Longest query, in milliseconds, with all of its rows. */
  readonly queryTimeoutMs: number;
  /** Most rows of an answer. */
  readonly maxResultRows: number;
}

/** Where the options are injected; without them the defaults apply. */
export const TABLES_OPTIONS = Symbol('TablesOptions');

export const defaultTablesOptions: TablesOptions = Object.freeze({
  maxBytes: 64 * 1024 * 1024,
  maxRows: 1_000_000,
  tablesPerUser: 50,
  bytesPerUser: 256 * 1024 * 1024,
  uploadsAtOnce: 4,
  uploadTimeoutMs: 600_000,
  uploadStallMs: 15_000,
  uploadBytesPerSecond: 256,
  queriesAtOnce: 4,
  queryTimeoutMs: 10_000,
  maxResultRows: 500,
});
