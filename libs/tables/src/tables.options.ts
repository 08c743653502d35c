/** What bounds uploaded tables and the queries of agents. */
export interface TablesOptions {
  /** Largest upload, in bytes of the CSV. */
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly tablesPerUser: number;
  /** Bytes of CSV that all tables of a user may have come from. */
  readonly bytesPerUser: number;
  /** Uploads that this node takes at the same time; each holds a connection of the database. */
  readonly uploadsAtOnce: number;
  /** Longest upload, in milliseconds. */
  readonly uploadTimeoutMs: number;
  /** Queries that this node runs at the same time. */
  readonly queriesAtOnce: number;
  /** Longest statement of a query, in milliseconds. */
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
  uploadTimeoutMs: 120_000,
  queriesAtOnce: 4,
  queryTimeoutMs: 10_000,
  maxResultRows: 500,
});
