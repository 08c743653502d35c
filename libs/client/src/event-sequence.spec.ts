import fc from 'fast-check';
import { EventSequence } from './event-sequence.ts';

const numbered = (...seqs: number[]): { seq: number }[] => seqs.map((seq) => ({ seq }));

/** What a sequence releases for arrivals, in order of release. */
function releasedBy(sequence: EventSequence<{ seq: number }>, arrivals: readonly number[]): number[] {
  return arrivals.flatMap((seq) => sequence.accept({ seq })).map(({ seq }) => seq);
}

describe('EventSequence', () => {
  it.each([
    ['in order', 0, [1, 2, 3], [1, 2, 3]],
    ['repeated', 0, [1, 1, 2, 1, 2], [1, 2]],
    ['too early', 0, [2, 3, 1], [1, 2, 3]],
    ['from before the cursor', 5, [4, 5, 6], [6]],
    ['behind a gap', 0, [1, 3, 4], [1]],
  ])('releases events %s after %d: %j as %j', (_case, afterSeq, arrivals, released) => {
    expect(releasedBy(new EventSequence(afterSeq), arrivals)).toEqual(released);
  });

  it('says when an event is missing, and when it is no longer', () => {
    const sequence = new EventSequence<{ seq: number }>(0);
    sequence.accept({ seq: 2 });
    expect(sequence.hasGap).toBe(true);
    sequence.accept({ seq: 1 });
    expect(sequence.hasGap).toBe(false);
    expect(sequence.cursor).toBe(2);
  });

  it('keeps what comes before the start is known, and drops of it what is older', () => {
    const sequence = new EventSequence<{ seq: number }>();
    expect(releasedBy(sequence, [8, 7, 9])).toEqual([]);
    expect(sequence.startAfter(7)).toEqual(numbered(8, 9));
    expect(sequence.hasGap).toBe(false);
  });

  it('keeps its place when the start is told again', () => {
    const sequence = new EventSequence<{ seq: number }>(3);
    expect(sequence.startAfter(9)).toEqual([]);
    expect(sequence.cursor).toBe(3);
  });

  it('releases each event once, in order, whatever the order of arrival', () => {
    const arrivals = fc
      .integer({ min: 1, max: 30 })
      .chain((count) =>
        fc.tuple(
          fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
          fc.array(fc.nat({ max: count - 1 })),
        ),
      );
    fc.assert(
      fc.property(arrivals, ([order, repeats]) => {
        const all = [...repeats, ...order].map((index) => index + 1);
        expect(releasedBy(new EventSequence(0), all)).toEqual(order.map((_, index) => index + 1));
      }),
    );
  });
});
