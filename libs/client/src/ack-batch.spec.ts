import { jest } from '@jest/globals';
import { AckBatch } from './ack-batch.ts';

describe('AckBatch', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const sentBy = (): { sent: number[]; send: (seq: number) => Promise<void> } => {
    const sent: number[] = [];
    return { sent, send: (seq) => Promise.resolve(void sent.push(seq)) };
  };

  it('sends the highest sequence once per interval', async () => {
    const { sent, send } = sentBy();
    const acks = new AckBatch(250, send);
    for (const seq of [1, 2, 3]) acks.add(seq);
    expect(sent).toEqual([]);
    await jest.advanceTimersByTimeAsync(250);
    expect(sent).toEqual([3]);
    acks.add(4);
    await jest.advanceTimersByTimeAsync(250);
    expect(sent).toEqual([3, 4]);
  });

  it('sends nothing twice, and nothing when there is nothing', async () => {
    const { sent, send } = sentBy();
    const acks = new AckBatch(250, send);
    await acks.flush();
    acks.add(2);
    await acks.flush();
    await acks.flush();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual([2]);
  });

  it('sends again what could not be sent', async () => {
    let isLost = true;
    const sent: number[] = [];
    const acks = new AckBatch(250, (seq) => {
      if (isLost) return Promise.reject(new Error('lost'));
      sent.push(seq);
      return Promise.resolve();
    });
    acks.add(5);
    await jest.advanceTimersByTimeAsync(250);
    isLost = false;
    await acks.flush();
    expect(sent).toEqual([5]);
  });

  it('sends once per interval also while events come faster than the server is told', async () => {
    const { sent, send } = sentBy();
    const acks: AckBatch = new AckBatch(1_000, async (seq) => {
      // The next event is there before the answer.
      acks.add(seq + 1);
      await send(seq);
    });
    acks.add(1);
    await jest.advanceTimersByTimeAsync(3_500);
    expect(sent).toEqual([1, 2, 3]);
  });

  it('has sent everything when it was flushed, also what came while something was being sent', async () => {
    const { sent, send } = sentBy();
    let answer = (): void => undefined;
    const acks = new AckBatch(1_000, async (seq) => {
      if (seq === 1) await new Promise<void>((resolve) => (answer = resolve));
      await send(seq);
    });
    acks.add(1);
    await jest.advanceTimersByTimeAsync(1_000);
    acks.add(2);
    const flushed = Promise.all([acks.flush(), acks.flush()]);
    answer();
    await flushed;
    expect(sent).toEqual([1, 2]);
  });
});
