import type { UserExecutionContext } from '../user-execution-context.ts';

/**
 * What an attacker, or a careless copy, would make of a context: every field of it, and whatever is added, without
 * being one. For tests that see it refused: nothing outside this lib can copy a context.
 */
export const aLookAlike = (context: UserExecutionContext, more: object = {}): unknown => ({
  ...context,
  ...more,
});
