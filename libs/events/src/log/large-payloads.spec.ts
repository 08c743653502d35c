import { randomUUID } from 'node:crypto';
import type { JsonValue, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { MAX_INLINE_CHARACTERS } from './large-payloads.ts';
import { openTestEvents, textBatch, type TestEvents } from '../testing/index.ts';
import type { EventData } from '../vocabulary/thread-event.ts';
import { ToolResults } from './tool-results.service.ts';

let test: TestEvents;
beforeAll(async () => (test = await openTestEvents()));
afterAll(() => test.close());

const complete = async (context: UserExecutionContext, result: JsonValue, key: string = randomUUID()) => {
  const data = { toolCallId: '1.1', toolName: 'x', outcome: 'succeeded' as const, result, durationMs: 1 };
  const batch = { ...textBatch([], key), events: [{ type: 'tool_completed' as const, data }] };
  const [event] = await test.emit(context, batch);
  return event?.data as EventData['tool_completed'];
};
const resultOf = ({ identity }: UserExecutionContext, resultId: string) =>
  test.scopes.run(aContext(identity).build(), ToolResults, (results) => results.get(resultId));
const large = { rows: new Array<string>(5_000).fill('a row') };

describe('a tool result', () => {
  it('is part of its event up to 16 KiB', async () => {
    const context = await test.openRun();
    const fits = 'x'.repeat(MAX_INLINE_CHARACTERS - 2);
    expect(await complete(context, fits)).toMatchObject({ result: fits });
    expect((await complete(context, `${fits}x`)).resultRef).toBeDefined();
  });

  it('beyond is named by its event, which shows the begin of it, and read back whole by its owner', async () => {
    const context = await test.openRun();
    const { result, resultRef = '' } = await complete(context, large);
    expect(result).toBe(JSON.stringify(large).slice(0, 1_000));
    expect(await resultOf(context, resultRef)).toEqual({
      resultId: resultRef,
      threadId: context.threadId,
      runId: context.runId,
      seq: 1,
      content: large,
    });
    const [stored] = await test.stored(context);
    expect(stored).toMatchObject({ data: { result, resultRef } });
  });

  it('is stored once with its batch', async () => {
    const context = await test.openRun();
    await complete(context, large, 'one');
    await complete(context, large, 'one');
    const count = await test.database.asAdmin(async (admin) => {
      const text = 'select count(*)::int as count from bulkhead.tool_results where run_id = $1';
      return (await admin.query<{ count: number }>(text, [context.runId])).rows[0]?.count;
    });
    expect(count).toBe(1);
  });

  it("is another user's like none", async () => {
    const context = await test.openRun();
    const { resultRef = '' } = await complete(context, large);
    const ben = await test.openRun();
    for (const id of [resultRef, randomUUID()]) {
      await expect(resultOf(ben, id)).rejects.toMatchObject({ code: 'not_found', resource: 'tool result' });
    }
  });
});
