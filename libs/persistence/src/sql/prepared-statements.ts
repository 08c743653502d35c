import type pg from 'pg';
import type { RoleNames } from '../postgres/role-names.ts';
import { literalOf, type Literal, type Statement } from './statement.ts';

/** Plans that a connection is asked for at most, over its life: those of messages that failed stay, unused. */
const MOST = 200;

/** What can be planned: one query. Values are not in the text, so that a semicolon parts two commands. */
const isQuery = (text: string): boolean => /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b[^;]*$/.test(text);

const PLANNED = 'PREPARE';

/** A command as it stands, or a statement with its values. */
export type Part = string | Statement;

const plans = new WeakMap<pg.ClientBase, PreparedStatements>();

/** The roles that statements of a connection take; of a connection that is not here: those of the first installation. */
export const connectionRoles = new WeakMap<pg.ClientBase, RoleNames>();

/**
 * Sends commands in one message.
 * @returns the result of each
 */
export function sendTo(client: pg.ClientBase, parts: readonly Part[]): Promise<readonly pg.QueryResult[]> {
  const known = plans.get(client) ?? new PreparedStatements();
  plans.set(client, known);
  return known.send(client, parts);
}

/**
 * The statements that one connection was sent, by their texts without values: each is parsed and planned once, which
 * costs more than to execute most of them, and from then on executed by its name. A plan knows no user: PostgreSQL
 * makes it anew where row-level security asks for another one.
 */
class PreparedStatements {
  readonly #names = new Map<string, string>();
  #count = 0;

  async send(client: pg.ClientBase, parts: readonly Part[]): Promise<readonly pg.QueryResult[]> {
    const added: string[] = [];
    const roles = connectionRoles.get(client);
    const commands = parts.map((part) =>
      typeof part === 'string' ? part : this.#commandOf(part, roles, added),
    );
    try {
      const results: unknown = await client.query(commands.join('; '));
      return ((Array.isArray(results) ? results : [results]) as pg.QueryResult[]).filter(
        ({ command }) => command !== PLANNED,
      );
    } catch (error) {
      // Whether they were planned is not known: next time they are, under other names.
      for (const text of added) this.#names.delete(text);
      throw error;
    }
  }

  #commandOf(statement: Statement, roles: RoleNames | undefined, added: string[]): string {
    const values: string[] = [];
    const named = roles && { roles };
    const text = statement(
      Object.assign<Literal, typeof named>((value) => `$${values.push(literalOf(value))}`, named),
    );
    const known = this.#names.get(text);
    if (known === undefined && (this.#count >= MOST || !isQuery(text)))
      return statement(Object.assign<Literal, typeof named>((value) => literalOf(value), named));
    const name = known ?? `planned_${(this.#count += 1)}`;
    const execution = `EXECUTE ${name}${values.length === 0 ? '' : `(${values.join(', ')})`}`;
    if (known !== undefined) return execution;
    this.#names.set(text, name);
    added.push(text);
    // Only here, where the role is the one that may read the names in it.
    return `${PLANNED} ${name} AS ${text}; ${execution}`;
  }
}
