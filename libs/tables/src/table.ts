/** What the cells of a column are, as the whole file shows. `timestamp` is an instant; without a zone, UTC. */
export type ColumnType = 'integer' | 'numeric' | 'timestamp' | 'boolean' | 'text';

export interface TableColumn {
  /** As SQL names it: lower case, digits and underscores. */
  readonly name: string;
  /** As the file names it. */
  readonly header: string;
  readonly type: ColumnType;
  /** What was done with cells that need saying, e.g. placeholders, units, why it is text; absent: nothing. */
  readonly notes?: readonly string[];
}

/** A table that a user uploaded. */
export interface Table {
  readonly tableId: string;
  /** As SQL names it; unique among the user's tables. */
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
  /** Size of the CSV that it came from. */
  readonly byteCount: number;
  readonly createdAt: string;
}
