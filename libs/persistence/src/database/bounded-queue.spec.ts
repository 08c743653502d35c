import { BoundedQueue } from './bounded-queue.ts';

class QueueFullError extends Error {}

/** Work that ends when told to. */
function heldWork() {
  const ends: (() => void)[] = [];
  const started: string[] = [];
  const work = (name: string) => () => {
    started.push(name);
    return new Promise<string>((resolve) => ends.push(() => resolve(name)));
  };
  return { work, started, endFirst: () => ends.shift()?.() };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const aQueue = (waiting: number) =>
  new BoundedQueue({ atOnce: 2, waiting, refusal: (limit) => new QueueFullError(`over ${limit}`) });

describe('A bounded queue', () => {
  it('runs a few at a time and the others in order of arrival', async () => {
    const { work, started, endFirst } = heldWork();
    const queue = aQueue(10);
    const results = ['a', 'b', 'c', 'd'].map((name) => queue.run(work(name)));
    await settled();
    expect(started).toEqual(['a', 'b']);
    endFirst();
    await settled();
    expect(started).toEqual(['a', 'b', 'c']);
    for (let left = 3; left > 0; left -= 1) {
      endFirst();
      await settled();
    }
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets nobody overtake those who wait', async () => {
    const { work, started, endFirst } = heldWork();
    const queue = aQueue(10);
    const runs = ['a', 'b', 'c'].map((name) => queue.run(work(name)));
    await settled();
    endFirst();
    runs.push(queue.run(work('late')));
    await settled();
    expect(started).toEqual(['a', 'b', 'c']);
    for (const _ of runs) {
      endFirst();
      await settled();
    }
    await Promise.all(runs);
  });

  it('refuses at once what does not fit, and takes more when there is room again', async () => {
    const { work, endFirst } = heldWork();
    const queue = aQueue(1);
    const runs = ['a', 'b', 'c'].map((name) => queue.run(work(name)));
    await expect(queue.run(work('d'))).rejects.toThrow(new QueueFullError('over 1'));
    endFirst();
    await settled();
    runs.push(queue.run(work('e')));
    for (const _ of runs) {
      endFirst();
      await settled();
    }
    expect(await Promise.all(runs)).toEqual(['a', 'b', 'c', 'e']);
  });

  it('gives the place back when work fails', async () => {
    const queue = aQueue(0);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    }
    expect(await queue.run(() => Promise.resolve('yes'))).toBe('yes');
  });

  it('lets lanes take turns, so that a long one holds up no other', async () => {
    const { work, started, endFirst } = heldWork();
    const queue = aQueue(10);
    const runs = ['a1', 'a2', 'a3', 'a4', 'b1'].map((name) =>
      queue.run(work(name), { lane: name.charAt(0) }),
    );
    for (let left = 5; left > 0; left -= 1) {
      await settled();
      endFirst();
    }
    await Promise.all(runs);
    expect(started).toEqual(['a1', 'a2', 'a3', 'b1', 'a4']);
  });

  it('refuses the newest of the longest lane when it is full and a shorter one comes', async () => {
    const { work, started, endFirst } = heldWork();
    const queue = aQueue(3);
    const outcomes = Promise.allSettled(
      ['a1', 'a2', 'a3', 'a4', 'a5', 'b1'].map((name) => queue.run(work(name), { lane: name.charAt(0) })),
    );
    for (let left = 5; left > 0; left -= 1) {
      await settled();
      endFirst();
    }
    expect((await outcomes).map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
    expect(started).toContain('b1');
  });

  it('gives a lane no more places than it may have, and the others the rest', async () => {
    const { work, started, endFirst } = heldWork();
    const refusal = (): Error => new QueueFullError();
    const queue = new BoundedQueue({ atOnce: 3, atOncePerLane: 2, waiting: 10, refusal });
    const runs = ['a1', 'a2', 'a3', 'a4', 'b1'].map((name) =>
      queue.run(work(name), { lane: name.charAt(0) }),
    );
    await settled();
    expect(started).toEqual(['a1', 'a2', 'b1']);
    for (let left = 5; left > 0; left -= 1) {
      endFirst();
      await settled();
    }
    await Promise.all(runs);
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  });

  it('lets who waits give up, and serves the next one instead', async () => {
    const { work, started, endFirst } = heldWork();
    const queue = aQueue(10);
    const running = ['a', 'b'].map((name) => queue.run(work(name)));
    const calls: string[] = [];
    let giveUp: ((reason: Error) => void) | undefined;
    const impatient = queue.run(work('c'), {
      whileWaiting: (call) => {
        giveUp = call;
        return () => calls.push('over');
      },
    });
    const patient = queue.run(work('d'), { whileWaiting: () => () => calls.push('served') });
    await settled();
    giveUp?.(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    endFirst();
    await settled();
    expect(started).toEqual(['a', 'b', 'd']);
    expect(calls).toEqual(['over', 'served']);
    endFirst();
    endFirst();
    await Promise.all([...running, patient]);
  });
});
