/** Beside the errors, not in them: nothing that writes an error into an answer or a log can tell by it who has an account. */
const accounts = new WeakMap<object, string>();

/** Notes whose account was refused, for the audit log only. @returns the same error */
export function concerning<E extends object>(error: E, userId: string | undefined): E {
  if (userId !== undefined) accounts.set(error, userId);
  return error;
}

/** The user whose account a refusal was about, though nobody has proved to be them; undefined when there is none. */
export const accountConcernedBy = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null ? accounts.get(error) : undefined;
