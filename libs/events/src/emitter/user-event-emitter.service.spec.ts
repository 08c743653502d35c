import type { UserDatabaseSession, UserTransaction } from '@bulkhead/persistence';
import { ContextIsolationError, type JsonValue, type UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import fc from 'fast-check';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';
import type { ThreadEvent } from '../vocabulary/thread-event.ts';
import { UserEventEmitter } from './user-event-emitter.service.ts';

let test: TestEvents;
beforeAll(async () => (test = await openTestEvents()));
afterAll(() => test.close());

const listen = (context: UserExecutionContext): ThreadEvent[] => {
  const heard: ThreadEvent[] = [];
  test.router.subscribe(context, context.threadId, (news) => heard.push(...(news === 'behind' ? [] : news)));
  return heard;
};
const emitAs = (context: UserExecutionContext, text: string) =>
  test.scopes.run(context, UserEventEmitter, (emitter) => emitter.emit(textBatch([text])));
/** Emits within a transaction of the emitter's own session, which `work` may let fail. */
const emitWithin = (
  context: UserExecutionContext,
  work: (emitter: UserEventEmitter, transaction: UserTransaction) => Promise<unknown>,
) =>
  test.scopes.run(context, UserEventEmitter, async (emitter) => {
    const session = context.databaseSession as UserDatabaseSession;
    await session.transaction((transaction) => work(emitter, transaction));
  });

describe('the emitter of a context', () => {
  it("puts its events into the context's thread and run, with all that the envelope has", async () => {
    const context = await test.openRun();
    const [event] = await emitAs(context, 'a');
    expect(event).toEqual({
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      seq: 1,
      type: 'message_delta',
      threadId: context.threadId,
      runId: context.runId,
      requestId: context.requestId,
      agentName: 'assistant',
      operationDepth: 0,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      data: { step: 1, text: 'a' },
    });
  });

  it("tells a child's work from its parent's", async () => {
    const context = await test.openRun();
    const child = context.createChild('delegate');
    const [event] = await emitAs(child, 'a');
    expect(event).toMatchObject({
      runId: context.runId,
      requestId: child.requestId,
      parentRequestId: context.requestId,
      operationDepth: 1,
    });
    expect(await test.stored(context)).toEqual([event]);
  });

  it('delivers what it stored, once', async () => {
    const context = await test.openRun();
    const heard = listen(context);
    const batch = textBatch(['a', 'b']);
    const stored = await test.emit(context, batch);
    await test.emit(context, batch);
    expect(heard).toEqual(stored);
    expect(heard).toHaveLength(2);
  });

  it('delivers only after the commit', async () => {
    const context = await test.openRun();
    const heard = listen(context);
    await emitWithin(context, async (emitter, transaction) => {
      await emitter.emitWithin(transaction, textBatch(['a']));
      expect(heard).toEqual([]);
      expect(await test.stored(context)).toEqual([]);
    });
    expect(heard).toEqual(await test.stored(context));
    expect(heard).toHaveLength(1);
  });

  it('delivers nothing after a rollback', async () => {
    const context = await test.openRun();
    const heard = listen(context);
    const failing = emitWithin(context, async (emitter, transaction) => {
      await emitter.emitWithin(transaction, textBatch(['a']));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(heard).toEqual([]);
    expect(await test.stored(context)).toEqual([]);
  });

  it('delivers nothing that was refused', async () => {
    const context = await test.openRun();
    const heard = listen(context);
    await test.endRun(context, 'completed');
    await expect(test.emit(context, textBatch(['a']))).rejects.toThrow('The run has ended');
    expect(heard).toEqual([]);
  });

  it('is useless after its scope has closed', async () => {
    const context = await test.openRun();
    const emitter = await test.scopes.run(context, UserEventEmitter, (each) => Promise.resolve(each));
    await expect(emitter.emit(textBatch(['a']))).rejects.toThrow(ContextIsolationError);
    expect(await test.stored(context)).toEqual([]);
  });
});

describe('an event heard live', () => {
  const anyText = fc.string({
    unit: fc.oneof(fc.constantFrom('\0', '\uD800', '\uDFFF', '\\'), fc.string({ unit: 'binary' })),
    maxLength: 5,
  });
  const { value: anyValue } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      anyText,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(anyText, tie('value'), { maxKeys: 3 }),
    ),
  }));

  it('equals the one read back, whatever a model or tool put into it', async () => {
    const context = await test.openRun();
    const heard = listen(context);
    const property = fc.asyncProperty(fc.array(fc.tuple(anyText, anyValue)), async (calls) => {
      const events = calls.map(([toolName, args]) => ({
        type: 'tool_executing' as const,
        data: { toolCallId: '1.1', toolName, arguments: args as JsonValue },
      }));
      await test.emit(context, { ...textBatch([]), events });
      const live = heard.splice(0);
      const afterSeq = (live[0]?.seq ?? 1) - 1;
      const { threadId } = context;
      const read = await test.log.read(context, { threadId, afterSeq, limit: live.length });
      expect(read).toStrictEqual(live);
      expect(live).toHaveLength(calls.length);
      expect(JSON.stringify(read)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    });
    await fc.assert(property, { numRuns: 30 });
  });

  it('equals the one read back when its ids came in capitals', async () => {
    const { identity, threadId, runId } = await test.openRun();
    const ids = { threadId: threadId.toUpperCase(), runId: runId.toUpperCase() };
    const inCapitals = aContext(identity).on(ids).build();
    const heard = listen(aContext(identity).on({ threadId }).build());
    await test.emit(inCapitals, textBatch(['a']));
    expect(heard).toEqual(await test.stored(inCapitals));
    expect(heard).toMatchObject([{ threadId, runId }]);
  });
});
