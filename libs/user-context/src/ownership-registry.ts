import { ContextIsolationError } from './context.errors.ts';

/** Which context owns each object reachable from a live context; entries die with the object. */
const owners = new WeakMap<object, symbol>();

/** @throws ContextIsolationError when another context owns the object already */
export function claimOwnership(object: object, owner: symbol): void {
  const current = owners.get(object);
  if (current !== undefined && current !== owner) {
    throw new ContextIsolationError('An object is shared by two contexts.');
  }
  owners.set(object, owner);
}

/**
 * Walks everything reachable from `root`: each object must be frozen and owned by `owner`.
 * @throws ContextIsolationError
 */
export function verifyOwnership(root: object, owner: symbol): void {
  if (!Object.isFrozen(root)) throw new ContextIsolationError('A context holds an object that can change.');
  if (owners.get(root) !== owner) {
    throw new ContextIsolationError('A context holds an object that is not its own.');
  }
  for (const value of Object.values(root) as unknown[]) {
    if (typeof value === 'object' && value !== null) verifyOwnership(value, owner);
  }
}
