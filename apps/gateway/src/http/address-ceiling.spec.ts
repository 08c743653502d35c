import fc from 'fast-check';
import { AddressCeiling } from './address-ceiling.ts';

describe('the ceiling of an address', () => {
  it('lets so many in at the same time, and the next when one has gone', () => {
    const ceiling = new AddressCeiling(2);
    const release = ceiling.take('203.0.113.7');
    expect(ceiling.take('203.0.113.7')).toBeDefined();
    expect(ceiling.take('203.0.113.7')).toBeUndefined();
    release?.();
    release?.();
    expect(ceiling.take('203.0.113.7')).toBeDefined();
    expect(ceiling.take('203.0.113.7')).toBeUndefined();
  });

  it('is one for all addresses of a /64, and another for each IPv4 address', () => {
    const ceiling = new AddressCeiling(1);
    expect(ceiling.take('2001:db8::1')).toBeDefined();
    expect(ceiling.take('2001:db8::2')).toBeUndefined();
    expect(ceiling.take('203.0.113.7')).toBeDefined();
    expect(ceiling.take('203.0.113.8')).toBeDefined();
  });

  it('is never exceeded, and never shrinks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.boolean()), (limit, steps) => {
        const ceiling = new AddressCeiling(limit);
        const held: (() => void)[] = [];
        for (const isTaking of steps) {
          if (!isTaking) held.pop()?.();
          else {
            const release = ceiling.take('::1');
            expect(release !== undefined).toBe(held.length < limit);
            if (release) held.push(release);
          }
        }
      }),
    );
  });
});
