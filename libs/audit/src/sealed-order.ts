/** A row of a chain, and its number. */
export interface Place {
  readonly seq: number;
  readonly auditId: string;
}

interface Difference extends Place {
  readonly kind: 'removed' | 'inserted' | 'moved';
}

/**
 * What is different about the rows of a chain since they were sealed, each named by its number then, or where it had
 * none by its number now.
 * @param sealed which row had which number; numbers may be missing from before rows were written into seals
 * @param places the rows as they are, in the order of their numbers
 */
export function compareWithSealed(
  sealed: ReadonlyMap<number, string>,
  places: readonly Place[],
): Difference[] {
  if (sealed.size === 0) return [];
  const expected = [...sealed].map(([seq, auditId]) => ({ seq, auditId })).toSorted((a, b) => a.seq - b.seq);
  const wanted = new Set(sealed.values());
  const there = new Set(places.map(({ auditId }) => auditId));
  const left = expected.filter(({ auditId }) => there.has(auditId));
  const known = places.filter(({ auditId }) => wanted.has(auditId));
  return [
    ...expected
      .filter(({ auditId }) => !there.has(auditId))
      .map((place): Difference => ({ kind: 'removed', ...place })),
    ...insertedAmong(places, sealed).map((place): Difference => ({ kind: 'inserted', ...place })),
    ...known
      .filter(({ auditId }, index) => left[index]?.auditId !== auditId)
      .map((place): Difference => ({ kind: 'moved', ...place })),
  ];
}

/** Rows that no seal has, where seals have every number between the rows next to them. */
function insertedAmong(places: readonly Place[], sealed: ReadonlyMap<number, string>): Place[] {
  const numberOf = new Map([...sealed].map(([seq, auditId]) => [auditId, seq]));
  const inserted: Place[] = [];
  let strangers: Place[] = [];
  let before = Math.min(...sealed.keys()) === 1 ? 0 : undefined;
  for (const place of places) {
    const now = numberOf.get(place.auditId);
    if (now === undefined) {
      strangers.push(place);
      continue;
    }
    if (before !== undefined && isWhole(sealed, before, now)) inserted.push(...strangers);
    strangers = [];
    before = now;
  }
  return inserted;
}

function isWhole(sealed: ReadonlyMap<number, string>, from: number, to: number): boolean {
  for (let seq = Math.min(from, to) + 1; seq < Math.max(from, to); seq += 1)
    if (!sealed.has(seq)) return false;
  return true;
}
