import { FeatureFlags } from '@bulkhead/flags';
import { FlagTransactions } from '@bulkhead/persistence';
import { openTestDatabase, type TestDatabase } from '@bulkhead/persistence/testing';
import { QueueNotifier } from './queue-notifier.ts';

let test: TestDatabase;
let flags: FeatureFlags;
const open: QueueNotifier[] = [];
beforeAll(async () => {
  test = await openTestDatabase();
  flags = new FeatureFlags(test.database, new FlagTransactions(test.database));
});
afterEach(() => {
  for (const wake of open.splice(0)) wake.close();
});
afterAll(() => test.close());

/** A node's wake, with the number of times that it was woken since. */
async function node() {
  const woken = { count: 0, until: (): Promise<void> => Promise.resolve() };
  let onWake = (): void => undefined;
  const wake = new QueueNotifier(test.database, flags, () => {
    woken.count += 1;
    onWake();
  });
  open.push(wake);
  await wake.open();
  woken.count = 0;
  woken.until = () => new Promise((resolve) => (onWake = resolve));
  return { wake, woken };
}
async function choose(mode: 'notify' | 'poll'): Promise<void> {
  await test.asAdmin((client) =>
    client.query(
      `insert into bulkhead.flag_changes (name, value, reason, changed_by) values ('run_queue_wake', $1, '-', '-')`,
      [JSON.stringify(mode)],
    ),
  );
  await flags.refresh();
}

describe('A node learns of runs', () => {
  it('from the others, as long as nobody chose otherwise', async () => {
    const [one, other] = [await node(), await node()];
    const told = other.woken.until();
    await one.wake.others();
    await told;
    expect(other.woken.count).toBe(1);
  });

  it('by asking again and again, once that is chosen, and from the others no more', async () => {
    const [one, other] = [await node(), await node()];
    await choose('poll');
    await one.wake.others();
    for (const _ of [1, 2, 3]) await other.woken.until();
    expect(one.woken.count).toBeGreaterThan(0);
  });

  it('from the others again, when that is chosen back', async () => {
    await choose('poll');
    const [one, other] = [await node(), await node()];
    await other.woken.until();
    await choose('notify');
    const told = other.woken.until();
    await one.wake.others();
    await told;
  });

  it('not at all when it only serves clients', async () => {
    await choose('poll');
    let woken = 0;
    const gateway = new QueueNotifier(test.database, flags, () => void (woken += 1));
    open.push(gateway);
    const worker = await node();
    for (const _ of [1, 2, 3]) await worker.woken.until();
    await choose('notify');
    expect(woken).toBe(0);
  });
});
