import pg from 'pg';
import { DEFAULT_PREFIX, rolesWith, type RoleNames, type RolePurpose } from '../postgres/role-names.ts';

/** A value as SQL text, quoted so that it can be nothing else; its type is that of where it stands. */
export interface Literal {
  (value: string | number | bigint | boolean | null): string;
  /** The roles of the connection's installation; absent: those of the first one in a cluster. */
  readonly roles?: RoleNames;
}

const firstRoles = rolesWith(DEFAULT_PREFIX);

/**
 * One SQL statement; every value in it must go through `literal`. It may be called more than once, and must then give
 * the same text around its values. PostgreSQL plans it without the values: where it can't tell a value's type from
 * where it stands, the statement says it (`${literal(id)}::uuid`).
 */
export type Statement = (literal: Literal) => string;

export const literalOf: Literal = (value) => (value === null ? 'NULL' : pg.escapeLiteral(String(value)));

/** What is done with the durable engine's rights among statements of a user, and with no other. */
export const asQueueRole =
  (statement: Statement): Statement =>
  (literal) => {
    const { engine, app } = literal.roles ?? firstRoles;
    return `SET LOCAL ROLE ${engine}; ${statement(literal)}; SET LOCAL ROLE ${app}`;
  };

/** Takes a role until the end of the transaction. */
export const asRole =
  (purpose: RolePurpose): Statement =>
  ({ roles = firstRoles }) =>
    `SET LOCAL ROLE ${roles[purpose]}`;
