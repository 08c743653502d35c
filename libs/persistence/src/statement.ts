import pg from 'pg';

/** A value as SQL text, quoted so that it can be nothing else; its type is that of where it stands. */
export type Literal = (value: string | number | bigint | boolean | null) => string;

/**
 * One SQL statement; every value in it must go through `literal`. It may be called more than once, and must then give
 * the same text around its values. PostgreSQL plans it without the values: where it can't tell a value's type from
 * where it stands, the statement says it (`${literal(id)}::uuid`).
 */
export type Statement = (literal: Literal) => string;

export const literalOf: Literal = (value) => (value === null ? 'NULL' : pg.escapeLiteral(String(value)));

/** What is done with the durable engine's rights among statements of a user, and with no other. */
export const asEngine =
  (statement: Statement): Statement =>
  (literal) =>
    `SET LOCAL ROLE bulkhead_engine; ${statement(literal)}; SET LOCAL ROLE bulkhead_app`;
