import { ContextIsolationError, InvalidContextError } from './context.errors.ts';
import type { UserId } from './identifiers.ts';
import { cloneRecord, type JsonRecord } from './json-record.ts';
import { claimOwnership } from './ownership-registry.ts';

const reservedKeys: ReadonlySet<string> = new Set([
  'userid',
  'threadid',
  'runid',
  'requestid',
  'websocketclientid',
  'createdat',
  'agentcontext',
  'auditmetadata',
  'operationdepth',
  'parentrequestid',
  'identity',
  'databasesession',
]);

/** One spelling for `userId`, `user_id`, `USER-ID` and `user.id`, so that no disguise gets through. */
const fold = (key: string): string =>
  key
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();

/**
 * The context's own copy of `agentContext` or `auditMetadata`.
 * The context's own fields are reserved at the top level; a user id of somebody else is refused at any level.
 * @throws InvalidContextError, ContextIsolationError
 */
export function ownRecord(source: unknown, field: string, userId: UserId, owner: symbol): JsonRecord {
  return cloneRecord(source, field, {
    onKey: (key, value, path) => {
      const folded = fold(key);
      if (path === field && reservedKeys.has(folded)) {
        throw new InvalidContextError(
          `${path}.${key}`,
          'is a reserved key; the context has that field itself',
        );
      }
      if (folded === 'userid' && value !== userId) {
        throw new ContextIsolationError(`${field} carries a user id that is not the context's own.`);
      }
    },
    onClone: (clone) => claimOwnership(clone, owner),
  });
}
