import { notes } from '@bulkhead/persistence';
import type { UserExecutionContext } from '@bulkhead/user-context';
import fc from 'fast-check';
import { openTestTools, type SpyTool, type TestTools } from '../testing/index.ts';

const CALLS = 1_000;
let test: TestTools;
let ada: UserExecutionContext;
let granted: SpyTool;
let forbidden: readonly SpyTool[];
beforeAll(async () => {
  test = await openTestTools({ callsPerMinute: 100_000 });
  ada = await test.openRun('tools:notes', 'tools:other');
  granted = test.addSpy();
  // One that the user may not use, one that the agent was not given, and one that neither has.
  forbidden = [test.addSpy(), test.addSpy(), test.addSpy()];
});
afterAll(() => test.close());

/** Names as a model could make them up, beside those that there are. */
const anyName = () =>
  fc.oneof(
    fc.constantFrom(
      ...forbidden.map(({ name }) => name),
      granted.name,
      'notes_list',
      'calculator',
      'web_fetch',
    ),
    fc.constantFrom(
      'constructor',
      '__proto__',
      'toString',
      '',
      ' notes_add',
      'NOTES_ADD',
      'notes_add\0',
      '../notes_add',
    ),
    fc.string({ maxLength: 80 }),
  );
const anyArguments = () =>
  fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(undefined, null, 'x', 7, [], { userId: 'somebody else' }, { text: 7 }),
    fc.constant({ text: 'x'.repeat(200_000) }),
    fc.constant({ text: 'a', userId: '0192f0c1-7a3b-4c5d-8e6f-001122334455' }),
  );

describe(`a model that asks for whatever it likes, ${CALLS} times`, () => {
  it('executes nothing outside its grant, and each call is answered with a stable code', async () => {
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(anyName(), anyArguments(), async (toolName, args) => {
        // The agent was given the notes alone; the user may use them, and not the spies.
        const { outcome, problem } = await test.execute(ada, {
          toolName,
          arguments: args,
          permittedTools: ['notes_add', granted.name],
        });
        expect(outcome).not.toBe('succeeded');
        codes.add(problem?.code ?? 'none');
      }),
      { numRuns: CALLS / 2 },
    );
    expect([granted, ...forbidden].flatMap(({ executions }) => executions)).toEqual([]);
    expect([...codes].sort()).toEqual(['tool_not_permitted']);
  }, 120_000);

  it('changes nothing with arguments that do not fit the one tool it has', async () => {
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(anyArguments(), async (args) => {
        const { problem } = await test.execute(ada, { toolName: 'notes_add', arguments: args });
        codes.add(problem?.code ?? 'none');
      }),
      { numRuns: CALLS / 2 },
    );
    expect([...codes]).toEqual(['invalid_tool_arguments']);
    const stored = await test.events.database.transactions.run(ada, ({ db }) => db.select().from(notes));
    expect(stored).toEqual([]);
  }, 120_000);
});
