import { notes } from '@bulkhead/persistence';
import type { JsonValue, UserExecutionContext } from '@bulkhead/user-context';
import { openTestTools, type TestTools } from '../testing/index.ts';

let test: TestTools;
let ada: UserExecutionContext;
beforeAll(async () => (test = await openTestTools()));
beforeEach(async () => (ada = await test.openRun('tools:notes')));
afterAll(() => test.close());

const add = async (context: UserExecutionContext, text: string, toolCallId?: string): Promise<JsonValue> => {
  const id = toolCallId === undefined ? {} : { toolCallId };
  const report = await test.execute(context, { toolName: 'notes_add', arguments: { text }, ...id });
  expect(report.outcome).toBe('succeeded');
  return report.result ?? null;
};
const list = async (context: UserExecutionContext, query?: string): Promise<string[]> => {
  const args = query === undefined ? {} : { query };
  const { result } = await test.execute(context, { toolName: 'notes_list', arguments: args });
  return (result as { notes: { text: string }[] }).notes.map(({ text }) => text);
};

describe('notes_add', () => {
  it('stores a note and gives it back', async () => {
    expect(await add(ada, 'Buy milk')).toEqual({
      noteId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      text: 'Buy milk',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await list(ada)).toEqual(['Buy milk']);
  });

  it('adds nothing when the same call comes again, and answers the same', async () => {
    const first = await add(ada, 'Buy milk', '1.1');
    expect(await add(ada, 'Buy milk', '1.1')).toEqual(first);
    expect(await list(ada)).toEqual(['Buy milk']);
  });

  it('adds one note when the same call comes many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => add(ada, 'Buy milk', '1.1')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await list(ada)).toEqual(['Buy milk']);
  });

  it('adds the same text twice for two calls, and for the same call of two runs', async () => {
    await add(ada, 'Buy milk', '1.1');
    await add(ada, 'Buy milk', '1.2');
    await add(await test.events.openRunIn(ada), 'Buy milk', '1.1');
    expect(await list(ada)).toEqual(['Buy milk', 'Buy milk', 'Buy milk']);
  });

  it('keeps any text that PostgreSQL can keep', async () => {
    await add(ada, `'; drop table notes; -- 🎈 %_\\ a\0b`);
    expect(await list(ada)).toEqual([`'; drop table notes; -- 🎈 %_\\ ab`]);
  });
});

describe('notes_list', () => {
  it('lists the newest first, fifty at most', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      noteId: crypto.randomUUID(),
      userId: ada.userId,
      text: `${index}`,
      idempotencyKey: `${index}`,
      createdAt: new Date(Date.UTC(2026, 0, 1) + index),
    }));
    await test.events.database.transactions.run(ada, ({ db }) => db.insert(notes).values(rows));
    const newest = Array.from({ length: 50 }, (_, index) => `${59 - index}`);
    expect(await list(ada)).toEqual(newest);
  });

  it('lists with a query what contains it, in capitals or not', async () => {
    for (const text of ['Buy MILK', 'Call Bob', 'milk the cow']) await add(ada, text);
    expect((await list(ada, 'Milk')).sort()).toEqual(['Buy MILK', 'milk the cow']);
    expect(await list(ada, 'tea')).toEqual([]);
  });

  it.each(['%', '_', '\\', "'", '🎈', 'a.c'])(
    'takes %s in a query for itself, not for a pattern',
    async (query) => {
      await add(ada, 'abc');
      expect(await list(ada, query)).toEqual([]);
      await add(ada, `with ${query} inside`);
      expect(await list(ada, query)).toEqual([`with ${query} inside`]);
    },
  );

  it('finds what it stored also by a query that can not be stored', async () => {
    await add(ada, 'a\0b');
    expect(await list(ada, 'a\0b')).toEqual(['ab']);
  });
});

describe('notes_search', () => {
  const search = async (context: UserExecutionContext, query: string): Promise<string[]> => {
    const { result } = await test.execute(context, { toolName: 'notes_search', arguments: { query } });
    return (result as { notes: { text: string }[] }).notes.map(({ text }) => text);
  };

  it.each([
    ['milk', ['Milk, milk and milk again', 'Buy milk and bread']],
    ['bread milk', ['Buy milk and bread']],
    ['"and bread"', ['Buy milk and bread']],
    ['bread or bob', ['Buy milk and bread', 'Call Bob']],
    ['milk -bread', ['Milk, milk and milk again']],
    ['mil', []],
    [`'); drop table notes; -- & | ! :* <->`, []],
    ['a\0b', []],
  ])('finds with %j the notes that have the words, best first', async (query, texts) => {
    for (const text of ['Buy milk and bread', 'Call Bob', 'Milk, milk and milk again']) await add(ada, text);
    const found = await search(ada, query);
    expect(query.includes(' or ') ? found.sort() : found).toEqual(texts);
  });

  it("finds nobody else's notes", async () => {
    await add(ada, 'a secret of Ada');
    expect(await search(await test.openRun('tools:notes'), 'secret')).toEqual([]);
  });
});

describe('the notes of one user', () => {
  it('are never visible to another, not even with the same ids', async () => {
    const ben = await test.openRun('tools:notes');
    await add(ada, 'of Ada', '1.1');
    await add(ben, 'of Ben', '1.1');
    expect(await list(ada)).toEqual(['of Ada']);
    expect(await list(ben)).toEqual(['of Ben']);
    expect(await list(ben, 'Ada')).toEqual([]);
    expect(await list(await test.openRun('tools:notes'))).toEqual([]);
  });

  it('are kept apart when many users write and read at once', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => test.openRun('tools:notes')));
    const work = async (user: UserExecutionContext): Promise<string[]> => {
      await Promise.all([add(user, user.userId), add(user, user.userId)]);
      return list(user);
    };
    expect(await Promise.all(users.map(work))).toEqual(users.map(({ userId }) => [userId, userId]));
  });

  it('need the permission, to write and to read', async () => {
    const ben = await test.openRun('tools:time');
    for (const toolName of ['notes_add', 'notes_list']) {
      const report = await test.execute(ben, { toolName, arguments: { text: 'x' } });
      expect(report).toMatchObject({ outcome: 'refused', problem: { code: 'tool_not_permitted' } });
    }
  });
});
