import type { UserExecutionContext } from '@bulkhead/user-context';
import { openTestTools, type TestTools } from '../testing/index.ts';
import type { ToolReport } from './tool-dispatcher.service.ts';

let test: TestTools;
let permitted: UserExecutionContext;
let other: UserExecutionContext;
beforeAll(async () => {
  test = await openTestTools();
  [permitted, other] = [
    await test.openRun('tools:spy'),
    await test.openRun('tools:notes', 'tools', 'tools:*'),
  ];
});
afterAll(() => test.close());

const either = [true, false];
const table = either.flatMap((exists) =>
  either.flatMap((listed) => either.map((granted) => ({ exists, listed, granted }))),
);
const denied = table.filter((row) => !(row.exists && row.listed && row.granted));

describe('default deny', () => {
  it('lets a call through when the tool exists, the agent lists it and the user may use it', async () => {
    const spy = test.addSpy();
    expect(await test.execute(permitted, { toolName: spy.name })).toMatchObject({ outcome: 'succeeded' });
    expect(spy.executions).toHaveLength(1);
  });

  it.each(denied)('refuses the rest: exists $exists, listed $listed, granted $granted', async (row) => {
    const spy = test.addSpy();
    const toolName = row.exists ? spy.name : 'absent';
    const permittedTools = row.listed ? [toolName] : [test.addSpy().name];
    const context = row.granted ? permitted : other;
    const report = await test.execute(context, { toolName, permittedTools });
    expect(report).toMatchObject({
      outcome: 'refused',
      problem: { code: 'tool_not_permitted', status: 403 },
    });
    expect(spy.executions).toEqual([]);
  });

  it('refuses them all alike, so that a model can not find out which tools there are', async () => {
    const refusals: ToolReport[] = [];
    for (const { exists, listed, granted } of denied) {
      const toolName = exists ? test.addSpy().name : 'absent';
      const permittedTools = listed ? [toolName] : [];
      refusals.push(await test.execute(granted ? permitted : other, { toolName, permittedTools }));
    }
    expect(new Set(refusals.map((report) => JSON.stringify(report))).size).toBe(1);
  });

  it.each(['', '__proto__', 'constructor', 'spy_1 ', 'SPY_1', 'x'.repeat(10_000), '\0'])(
    'refuses a name that no tool has: %j',
    async (toolName) => {
      const report = await test.execute(permitted, { toolName });
      expect(report).toMatchObject({ outcome: 'refused', problem: { code: 'tool_not_permitted' } });
    },
  );
});

describe('a refused call', () => {
  it('has its pair of events', async () => {
    const context = await test.openRun();
    const { name: toolName } = test.addSpy();
    const report = await test.execute(context, { toolName, toolCallId: '1.1', arguments: { a: 1 } });
    const call = { toolCallId: '1.1', toolName };
    expect(await test.told(context)).toEqual([
      { type: 'tool_executing', data: { ...call, arguments: { a: 1 } } },
      { type: 'tool_completed', data: { ...call, ...report, durationMs: expect.any(Number) } },
    ]);
  });

  it('stays refused when it was cancelled as well: it was not executed', async () => {
    const context = await test.openRun();
    const { name: toolName } = test.addSpy();
    const report = await test.execute(context, { toolName, signal: AbortSignal.abort() });
    expect(report).toMatchObject({ outcome: 'refused', problem: { code: 'tool_not_permitted' } });
  });

  it.each([
    ['no object', 'canary', 'arguments'],
    ['of a wrong type', { text: ['canary'] }, 'text'],
    ['too long', { text: 'canary'.repeat(1_000) }, 'text'],
    ['unknown', { text: 'a', extra: 'canary' }, 'extra'],
    ['missing', {}, 'text'],
  ])('for arguments that are %s names the field and never the value', async (_what, args, field) => {
    const context = await test.openRun('tools:notes');
    const report = await test.execute(context, { toolName: 'notes_add', arguments: args });
    expect(report).toMatchObject({ outcome: 'refused', problem: { code: 'invalid_tool_arguments', field } });
    expect(JSON.stringify(report)).not.toContain('canary');
    expect((await test.told(context)).map(({ type }) => type)).toEqual(['tool_executing', 'tool_completed']);
    const listed = await test.execute(context, { toolName: 'notes_list' });
    expect(listed).toEqual({ outcome: 'succeeded', result: { notes: [] } });
  });
});
