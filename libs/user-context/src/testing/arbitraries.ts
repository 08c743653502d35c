import fc from 'fast-check';
import type { IdentityClaims } from '../identity.ts';

/** Any text that PostgreSQL can store in jsonb. */
export const anyText = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));

// The prefix keeps random keys clear of reserved and polluting ones, in whatever spelling.
const anyKey = anyText.map((text) => `k${text}`);
const anyNumber = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((number) => (number === 0 ? 0 : number));

/** Any JSON value that a record may hold. */
export const { value: anyJsonValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    anyNumber,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 4 }),
  ),
}));

/** Any plain JSON object without reserved keys, with and without a prototype. */
export const anyRecord = fc.dictionary(anyKey, anyJsonValue, { maxKeys: 5 });

/** Any valid identifier, in any script. */
export const anyId = fc
  .string({ unit: 'grapheme', maxLength: 8 })
  .map((text) => `id-${text.replace(/[\s\p{Cc}]/gu, '')}`.slice(0, 120));

/** Claims of any user. */
export const anyClaims: fc.Arbitrary<Partial<IdentityClaims>> = fc.record({
  userId: anyId,
  sessionId: anyId,
});

/** Everything a caller may choose about a context. */
export const anyContextInput = fc.record({
  claims: anyClaims,
  ids: fc.record({ threadId: anyId, runId: anyId }, { requiredKeys: [] }),
  options: fc.record(
    { requestId: fc.uuid(), websocketClientId: anyId, agentContext: anyRecord, auditMetadata: anyRecord },
    { requiredKeys: [] },
  ),
});
