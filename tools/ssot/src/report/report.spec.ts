import { baselineOf, regressions, shrunk } from './baseline.ts';
import { cyclesOf } from './cycles.ts';
import { asHtml } from './html.ts';
import { partsOf, scoreOf, type Measures } from './measures.ts';

const clean: Measures = {
  files: 100,
  violations: { 'bulkhead/single-emit': 0 },
  imports: { all: 40, canonical: 40 },
  edges: { allowed: 30, used: 20, forbidden: [] },
  cycles: [],
  filesOverLimit: [],
  small: { under100: 80, all: 90 },
  duplicates: [],
};
const worse: readonly (readonly [string, Partial<Measures>])[] = [
  ['a violation', { violations: { 'bulkhead/single-emit': 1 } }],
  ['an import past a door', { imports: { all: 40, canonical: 39 } }],
  ['an edge that is not allowed', { edges: { allowed: 30, used: 20, forbidden: ['a → b'] } }],
  ['a cycle', { cycles: ['a.ts → b.ts'] }],
  ['a file that is too long', { filesOverLimit: ['a.ts'] }],
  ['a type that is declared twice', { duplicates: ['Message: a.ts, b.ts'] }],
];

describe('The score', () => {
  it('is one hundred when nothing is wrong', () => {
    expect(scoreOf(clean)).toBe(100);
    expect(partsOf(clean).reduce((total, { weight }) => total + weight, 0)).toBe(100);
  });

  it.each(worse)('falls with %s', (_what, change) => {
    expect(scoreOf({ ...clean, ...change })).toBeLessThan(100);
  });

  it('is never below zero', () => {
    expect(
      scoreOf({ ...clean, violations: { all: 1000 }, imports: { all: 1, canonical: 0 } }),
    ).toBeGreaterThan(0);
  });
});

describe('The baseline', () => {
  it('lets what is no worse pass', () => {
    expect(regressions(baselineOf(clean), baselineOf(clean))).toEqual([]);
  });

  it.each(worse)('catches %s', (_what, change) => {
    const now = baselineOf({ ...clean, ...change });
    expect(regressions(baselineOf(clean), now)).toHaveLength(1);
    expect(regressions(now, now)).toEqual([]);
  });

  it.each(worse)('only shrinks: %s is taken off, and never put on', (_what, change) => {
    const [bad, good] = [baselineOf({ ...clean, ...change }), baselineOf(clean)];
    expect(shrunk(bad, good)).toEqual(good);
    expect(shrunk(good, bad)).toEqual(good);
  });

  it('names the new one among several', () => {
    const [old, both] = [
      { ...clean, cycles: ['a → b'] },
      { ...clean, cycles: ['a → b', 'c → d'] },
    ];
    expect(regressions(baselineOf(old), baselineOf(both))).toEqual(['cycles: c → d is new']);
  });
});

describe('Cycles', () => {
  const graph = (edges: readonly (readonly [string, readonly string[]])[]) =>
    new Map(edges.map(([from, to]) => [from, new Set(to)]));

  it('are found once, however long the way round', () => {
    expect(
      cyclesOf(
        graph([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a', 'd']],
          ['d', []],
        ]),
      ),
    ).toEqual(['a → b → c']);
    expect(cyclesOf(graph([['a', ['a']]]))).toEqual(['a']);
  });

  it('are not seen where two ways lead to one place', () => {
    expect(
      cyclesOf(
        graph([
          ['a', ['b', 'c']],
          ['b', ['d']],
          ['c', ['d']],
        ]),
      ),
    ).toEqual([]);
  });
});

describe('The page', () => {
  it('says what is worse, and runs nothing that a file name could bring', () => {
    const page = asHtml({ ...clean, cycles: ['<script>alert(1)</script>'] }, ['cycles: one is new']);
    expect(page).toContain('cycles: one is new');
    expect(page).not.toContain('<script');
  });
});
