import fc from 'fast-check';
import { ReceiveBudget, type ReceiveLimits } from './receive-budget.ts';

const limits: ReceiveLimits = {
  before: { packets: 3, bytes: 100 },
  burst: { packets: 10, bytes: 1_000 },
  perSecond: { packets: 2, bytes: 50 },
};

function open() {
  const time = { now: 0 };
  return { budget: new ReceiveBudget(limits, () => time.now), time };
}

const spendMany = (budget: ReceiveBudget, times: number, amount = { packets: 1 }): number =>
  Array.from({ length: times }, () => budget.spend(amount)).filter(Boolean).length;

describe('what a connection may send', () => {
  it('is a fixed number of packets until it is admitted, however long that takes', () => {
    const { budget, time } = open();
    expect(spendMany(budget, 2)).toBe(2);
    time.now += 3_600_000;
    expect(spendMany(budget, 5)).toBe(1);
  });

  it('is a fixed number of bytes until it is admitted', () => {
    const { budget } = open();
    expect(budget.spend({ bytes: 100 })).toBe(true);
    expect(budget.spend({ bytes: 1 })).toBe(false);
  });

  it('is a burst once it is admitted, which refills with time', () => {
    const { budget, time } = open();
    spendMany(budget, 3);
    budget.admit();
    expect(spendMany(budget, 10)).toBe(10);
    time.now += 1_000;
    expect(spendMany(budget, 2)).toBe(2);
    expect(budget.spend({ packets: 1 })).toBe(false);
  });

  it('is not made whole by being admitted again', () => {
    const { budget } = open();
    budget.admit();
    spendMany(budget, 10);
    budget.admit();
    expect(budget.spend({ packets: 1 })).toBe(false);
  });

  it('is never more than the burst and what came back since', () => {
    const step = fc.record({ waitMs: fc.nat(2_000), packets: fc.nat(5), bytes: fc.nat(400) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const { budget, time } = open();
        budget.admit();
        let packets = 0;
        let bytes = 0;
        for (const { waitMs, ...amount } of steps) {
          time.now += waitMs;
          if (!budget.spend(amount)) break;
          packets += amount.packets;
          bytes += amount.bytes;
        }
        const seconds = time.now / 1000;
        expect(packets).toBeLessThanOrEqual(limits.burst.packets + limits.perSecond.packets * seconds + 1e-6);
        expect(bytes).toBeLessThanOrEqual(limits.burst.bytes + limits.perSecond.bytes * seconds + 1e-6);
      }),
    );
  });
});
