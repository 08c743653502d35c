import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { Acknowledgements } from '../delivery-state/acknowledgements.service.ts';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';
import { ThreadDirectory } from '../thread-directory.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { ThreadReader } from './thread-reader.service.ts';

const USERS = 10;
const BATCHES = 8;

let test: TestEvents;
beforeAll(async () => (test = await openTestEvents()));
afterAll(() => test.close());

/** Everything that a user can read of their own thread live, until their last event. */
async function follow(context: UserExecutionContext): Promise<ThreadEvent[]> {
  const abort = new AbortController();
  const reader = test.node.get(ThreadReader, { strict: false });
  const { threadId } = context;
  const events: ThreadEvent[] = [];
  for await (const batch of reader.read(context, { threadId, afterSeq: 0, signal: abort.signal })) {
    events.push(...batch);
    if (events.length >= BATCHES * 2) abort.abort();
  }
  return events;
}

/** Everything that a user can see of others' through each door of this lib. */
async function peek(identity: Identity, foreign: UserExecutionContext): Promise<unknown[]> {
  const context = aContext(identity).on({ threadId: foreign.threadId, runId: foreign.runId }).build();
  const acks = test.node.get(Acknowledgements, { strict: false });
  const reader = test.node.get(ThreadReader, { strict: false });
  const refusal = (work: Promise<unknown>) => work.catch((error: { code: string }) => error.code);
  return [
    await test.stored(context),
    await refusal(acks.acknowledge(context, foreign.threadId, 1)),
    await refusal(reader.verify(context, foreign.threadId)),
    await refusal(test.emit(context, textBatch(['forged']))),
    await refusal(test.scopes.run(context, ThreadDirectory, (directory) => directory.get())),
  ];
}

describe('ten users at once', () => {
  it('each hear and read their own events, all of them, and nothing of the others', async () => {
    const contexts = await Promise.all(Array.from({ length: USERS }, () => test.openRun()));
    const following = Promise.all(contexts.map(follow));
    const write = async (context: UserExecutionContext): Promise<void> => {
      for (let batch = 0; batch < BATCHES; batch++) {
        await test.emit(context, textBatch([context.userId, context.userId]));
      }
    };
    await Promise.all(contexts.map(write));

    for (const [index, heard] of (await following).entries()) {
      const context = contexts[index]!;
      expect(heard).toEqual(await test.stored(context));
      for (const [position, event] of heard.entries()) {
        expect(event).toMatchObject({
          seq: position + 1,
          threadId: context.threadId,
          runId: context.runId,
          data: { text: context.userId },
        });
      }
    }
    expect(test.router.listenerCount).toBe(0);
  });

  it('find each other’s threads absent at every door, and leave nothing in them', async () => {
    const contexts = await Promise.all(Array.from({ length: USERS }, () => test.openRun()));
    for (const [index, context] of contexts.entries()) {
      const neighbour = contexts[(index + 1) % USERS]!;
      expect(await peek(context.identity, neighbour)).toEqual([
        [],
        ...new Array<string>(4).fill('not_found'),
      ]);
    }
    for (const context of contexts) expect(await test.stored(context)).toEqual([]);
  });
});
