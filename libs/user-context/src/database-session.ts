import type { UserExecutionContext } from './user-execution-context.ts';

/** The part of a database session that a context can vouch for. libs/persistence implements it. */
export interface DatabaseSession {
  readonly context: UserExecutionContext;
}
