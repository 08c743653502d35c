import { RefusalTally } from './refusal-tally.ts';

describe('refused connections', () => {
  it('are two lines of the log per interval and kind, however many there are', () => {
    const lines: unknown[] = [];
    const tally = new RefusalTally({ log: (line) => lines.push(line) });
    for (let index = 0; index < 1_000; index += 1) tally.note('unauthenticated', `request-${index}`);
    tally.note('rate_limited', 'other');
    tally.flush();
    tally.flush();
    expect(lines).toEqual([
      { requestId: 'request-0', event: 'connect', outcome: 'unauthenticated' },
      { requestId: 'other', event: 'connect', outcome: 'rate_limited' },
      { event: 'connect', outcome: 'unauthenticated', count: 999 },
    ]);
  });

  it('are told at once again in the next interval', () => {
    const lines: unknown[] = [];
    const tally = new RefusalTally({ log: (line) => lines.push(line) });
    tally.note('unauthenticated', 'a');
    tally.flush();
    tally.note('unauthenticated', 'b');
    expect(lines).toHaveLength(2);
  });
});
