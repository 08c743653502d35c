import { Semaphore } from './semaphore.ts';

/** Work that ends when it is told to. */
function startWork(turnstile: Semaphore, log: string[], name: string) {
  let end!: () => void;
  let fail!: (error: Error) => void;
  const work = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
  const done = turnstile.run(async () => {
    log.push(name);
    await work;
  });
  return { end, fail, done };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a turnstile', () => {
  it('lets through as many as it has places, and the others in the order in which they came', async () => {
    const [turnstile, log] = [new Semaphore(2), [] as string[]];
    const start = (name: string) => startWork(turnstile, log, name);
    const [a, b, c, d] = [start('a'), start('b'), start('c'), start('d')];
    await settle();
    expect(log).toEqual(['a', 'b']);
    b.end();
    await settle();
    expect(log).toEqual(['a', 'b', 'c']);
    for (const work of [a, c]) work.end();
    await settle();
    expect(log).toEqual(['a', 'b', 'c', 'd']);
    d.end();
    await Promise.all([a.done, b.done, c.done, d.done]);
  });

  it('gives a place on when the work fails', async () => {
    const [turnstile, log] = [new Semaphore(1), [] as string[]];
    const first = startWork(turnstile, log, 'first');
    const second = startWork(turnstile, log, 'second');
    first.fail(new Error('no'));
    await expect(first.done).rejects.toThrow('no');
    second.end();
    await second.done;
    expect(log).toEqual(['first', 'second']);
  });
});
