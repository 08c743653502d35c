import { AdmissionQueue } from '../admission/admission-queue.service.ts';
import type { ExecutionOptions } from '../execution.options.ts';
import type { MemoryGuard } from '../admission/memory-guard.service.ts';
import { RunCapacity } from './run-capacity.service.ts';

const RUNS_PER_NODE = 50;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function open({ isShort = false } = {}) {
  const turns = new AdmissionQueue();
  const options = { runsPerNode: RUNS_PER_NODE } as ExecutionOptions;
  const room = new RunCapacity({ isShort } as MemoryGuard, turns, options);
  const admitted: (() => void)[] = [];
  /** Messages, by default of as many users, each of which is admitted when it is told to. */
  const send = (count: number, userOf = (index: number) => `user ${index}`): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        turns.run(userOf(index), () => new Promise<void>((resolve) => admitted.push(resolve))),
      ),
    );
  /** Admits those whose turn it is, so many. */
  const admit = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      admitted.shift()?.();
      await settle();
    }
  };
  return { room, send, admit };
}

describe('the room for runs', () => {
  it('is what the node may have, without what it has', () => {
    expect(open().room.beside(20)).toBe(30);
  });

  it('is none while memory is short', () => {
    expect(open({ isShort: true }).room.beside(0)).toBe(0);
  });

  it('is not touched by messages that do not have to wait', () => {
    const { room, send } = open();
    void send(8);
    expect(room.beside(20)).toBe(30);
  });

  it("is not touched by one user's messages, however many: they wait for themselves", () => {
    const { room, send } = open();
    void send(100, () => 'ada');
    expect(room.beside(20)).toBe(30);
  });

  it('is small while messages wait for their turn, and whole again when none does', async () => {
    const { room, send, admit } = open();
    const all = send(20);
    expect([room.beside(0), room.beside(4)]).toEqual([4, 0]);
    await admit(11);
    expect(room.beside(0)).toBe(4);
    await admit(1);
    expect(room.beside(0)).toBe(RUNS_PER_NODE);
    await admit(8);
    await all;
  });

  it('is whole after two hundred messages in a row: a flood that does not end keeps no run from beginning', async () => {
    const { room, send, admit } = open();
    void send(500);
    await admit(199);
    expect(room.beside(0)).toBe(4);
    await admit(1);
    expect(room.beside(0)).toBe(RUNS_PER_NODE);
    await admit(300);
    void send(20);
    expect(room.beside(0)).toBe(4);
  });
});
