import { RateLimit } from './rate-limit.ts';
import { RateLimitedError } from './rate-limits.errors.ts';
import type { SharedCounter } from './shared-counter.ts';

/** Nodes with one counter between them, as the database is, and a clock that the spec moves. */
function cluster(nodes: number, limit: number) {
  let used = 0;
  let queries = 0;
  const time = { now: 1_000 };
  const share: SharedCounter = (_key, points) => {
    queries += 1;
    used += points;
    return Promise.resolve({ used, msLeft: 30_000 });
  };
  const limits = Array.from(
    { length: nodes },
    () =>
      new RateLimit(
        'user',
        limit,
        share,
        () => undefined,
        () => time.now,
      ),
  );
  return { limits, time, queries: () => queries };
}

function spend(limit: RateLimit | undefined, times: number, key = 'ada'): number {
  let accepted = 0;
  for (let time = 0; time < times; time += 1) {
    try {
      limit?.spend(key);
      accepted += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(RateLimitedError);
    }
  }
  return accepted;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a rate limit', () => {
  it('lets exactly as many through as it says', () => {
    const { limits } = cluster(1, 10);
    expect(spend(limits[0], 25)).toBe(10);
  });

  it('counts each key for itself', () => {
    const { limits } = cluster(1, 10);
    spend(limits[0], 25);
    expect(spend(limits[0], 1, 'ben')).toBe(1);
  });

  it('says when to come back, and lets through again then', () => {
    const { limits, time } = cluster(1, 10);
    spend(limits[0], 10);
    expect(() => limits[0]?.spend('ada')).toThrow(
      expect.objectContaining({ details: { limit: 10, retryAfterSeconds: 60 } }),
    );
    time.now += 60_000;
    expect(spend(limits[0], 1)).toBe(1);
  });

  it('tells beforehand whether it is reached, which counts nothing and asks no database', () => {
    const { limits, time, queries } = cluster(1, 10);
    const [limit] = limits;
    for (let time = 0; time < 100; time += 1) expect(limit?.refusal('ada')).toBeUndefined();
    expect(spend(limit, 25)).toBe(10);
    const before = queries();
    expect(limit?.refusal('ada')).toMatchObject({ details: { limit: 10, retryAfterSeconds: 60 } });
    expect(queries()).toBe(before);
    time.now += 60_000;
    expect(limit?.refusal('ada')).toBeUndefined();
  });

  it('holds over nodes, but for what they have not told each other yet', async () => {
    const { limits } = cluster(2, 100);
    let accepted = 0;
    for (let round = 0; round < 100; round += 1) {
      for (const limit of limits) accepted += spend(limit, 2);
      await settled();
    }
    expect(accepted).toBeGreaterThanOrEqual(100);
    expect(accepted).toBeLessThanOrEqual(110);
  });

  it('asks the database once for a twentieth of the limit, and never once it is reached', async () => {
    const { limits, queries } = cluster(1, 1_000);
    spend(limits[0], 1_000);
    await settled();
    const before = queries();
    expect(before).toBe(20);
    spend(limits[0], 10_000);
    expect(queries()).toBe(before);
  });

  it('holds on one node while the database is away', async () => {
    const failures: unknown[] = [];
    const away = () => Promise.reject(new Error('away'));
    const limit = new RateLimit('user', 40, away, (error) => failures.push(error));
    expect(spend(limit, 100)).toBe(40);
    await settled();
    expect(failures).toHaveLength(20);
  });
});
