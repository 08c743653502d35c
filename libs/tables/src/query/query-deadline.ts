/** One time limit for all statements of a query: its rows are read with more than one. */
export class QueryDeadline {
  readonly #end: number;

  constructor(limitMs: number) {
    this.#end = performance.now() + limitMs;
  }

  /** Gives the next statement what is left. PostgreSQL takes 0 for no limit. */
  get statement(): string {
    return `SET LOCAL statement_timeout = ${Math.max(1, Math.ceil(this.#end - performance.now()))}`;
  }
}
