import { LeakDetector } from '@bulkhead/user-context';
import { aContext, anIdentity } from '@bulkhead/user-context/testing';
import { ActiveRuns } from './active-runs.service.ts';
import { RunCancelledError } from '../execution.errors.ts';

const ada = anIdentity();
const ben = anIdentity();

describe('the ledger of what runs on a node', () => {
  let ledger: ActiveRuns;
  beforeEach(() => (ledger = new ActiveRuns(new LeakDetector())));

  it("counts the runs of the node, and of each user that user's own", () => {
    const leave = [aContext(ada), aContext(ada), aContext(ben)].map(
      (context) => ledger.enter(context.build()).leave,
    );
    const counts = () => [
      ledger.runningCount,
      ledger.runningOf(aContext(ada).build()),
      ledger.runningOf(aContext(ben).build()),
    ];
    expect(counts()).toEqual([3, 2, 1]);
    leave[0]?.();
    expect(counts()).toEqual([2, 1, 1]);
    leave.forEach((it) => it());
    expect(counts()).toEqual([0, 0, 0]);
  });

  it("aborts a run with the reason that its owner cancelled it, and nobody else's", () => {
    const context = aContext(ada).build();
    const { signal } = ledger.enter(context);
    const { signal: other } = ledger.enter(aContext(ada).build());
    expect(ledger.cancel(context)).toBe(true);
    expect(signal.reason).toBeInstanceOf(RunCancelledError);
    expect(other.aborted).toBe(false);
  });

  it('finds the run from any context of its owner that names it', () => {
    const context = aContext(ada).build();
    const { signal } = ledger.enter(context);
    expect(ledger.cancel(aContext(ada).on({ runId: context.runId }).build())).toBe(true);
    expect(signal.aborted).toBe(true);
  });

  it.each([
    ['of another user who names it', (runId: string) => aContext(ben).on({ runId })],
    ['that does not run here', () => aContext(ada)],
  ])('cancels no run %s', (_, stranger) => {
    const context = aContext(ada).build();
    const { signal } = ledger.enter(context);
    expect(ledger.cancel(stranger(context.runId).build())).toBe(false);
    expect(signal.aborted).toBe(false);
  });

  it('cancels no run that was left', () => {
    const context = aContext(ada).build();
    ledger.enter(context).leave();
    expect(ledger.cancel(context)).toBe(false);
  });

  it('keeps a run that was taken up again, when its former holder leaves late', () => {
    const context = aContext(ada).build();
    const former = ledger.enter(context);
    const { signal } = ledger.enter(context);
    former.leave();
    expect(ledger.runningCount).toBe(1);
    expect(ledger.cancel(context)).toBe(true);
    expect(signal.aborted).toBe(true);
  });
});
