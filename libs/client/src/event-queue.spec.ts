import { EventQueue } from './event-queue.ts';

describe('EventQueue', () => {
  it('hands out in order what was pushed, before and while somebody waits', async () => {
    const queue = new EventQueue<number>();
    queue.push(1);
    queue.push(2);
    const taken = [await queue.take(), await queue.take()];
    const waiting = queue.take();
    queue.push(3);
    expect([...taken, await waiting]).toEqual([1, 2, 3]);
  });

  it('gives each item to one of several that wait', async () => {
    const queue = new EventQueue<number>();
    const waiting = [queue.take(), queue.take()];
    queue.push(1);
    queue.push(2);
    expect(await Promise.all(waiting)).toEqual([1, 2]);
  });

  it('hands out the rest before it ends', async () => {
    const queue = new EventQueue<number>();
    queue.push(1);
    queue.end();
    queue.push(2);
    expect([await queue.take(), await queue.take()]).toEqual([1, undefined]);
  });

  it('throws the error it ended with, the first of several', async () => {
    const queue = new EventQueue<number>();
    const waiting = queue.take();
    queue.end(new Error('first'));
    queue.end(new Error('second'));
    await expect(waiting).rejects.toThrow('first');
    await expect(queue.take()).rejects.toThrow('first');
  });

  it('stops waiting when the signal aborts, and loses nothing', async () => {
    const queue = new EventQueue<number>();
    const abort = new AbortController();
    const waiting = queue.take(abort.signal);
    abort.abort();
    expect(await waiting).toBeUndefined();
    queue.push(1);
    expect(await queue.take()).toBe(1);
  });
});
