import { ResourceNotFoundError } from '@bulkhead/errors';
import { threads } from '@bulkhead/persistence';
import type { Identity, UserExecutionContext } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import fc from 'fast-check';
import { openTestEvents, textBatch, type TestEvents } from './testing/index.ts';
import { ThreadDirectory, type PageKey, type Thread } from './thread-directory.ts';

let test: TestEvents;
beforeAll(async () => (test = await openTestEvents()));
afterAll(() => test.close());

const within = <R>(context: UserExecutionContext, work: (directory: ThreadDirectory) => Promise<R>) =>
  test.scopes.run(context, ThreadDirectory, work);
const create = (identity: Identity, title: string): Promise<Thread> =>
  within(aContext(identity).build(), (directory) => directory.create(title));
const get = (identity: Identity, threadId: string): Promise<Thread> =>
  within(aContext(identity).on({ threadId }).build(), (directory) => directory.get());
const list = (identity: Identity, limit: number, from?: PageKey): Promise<Thread[]> =>
  within(aContext(identity).build(), (directory) => directory.list(limit, from));

/** Follows the pages to the end. */
async function listAll(identity: Identity, limit: number): Promise<Thread[]> {
  const all: Thread[] = [];
  for (let from: PageKey | undefined; ;) {
    const page = await list(identity, limit, from);
    expect(page.length).toBeLessThanOrEqual(limit);
    all.push(...page);
    const last = page.at(-1);
    if (!last) return all;
    from = { createdAt: last.createdAt, id: last.threadId };
  }
}

describe('the directory of threads', () => {
  it("allocates the context's own thread, empty", async () => {
    const context = aContext(await test.database.signUp()).build();
    const thread = await within(context, (directory) => directory.create('Holiday'));
    expect(thread).toEqual({
      threadId: context.threadId,
      title: 'Holiday',
      lastSeq: 0,
      oldestSeq: 1,
      whenBusy: 'enqueue',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await get(context.identity, context.threadId)).toEqual(thread);
  });

  it('renames a thread, and leaves its other settings alone', async () => {
    const ada = await test.database.signUp();
    const { threadId } = await create(ada, 'Holiday');
    const own = () => aContext(ada).on({ threadId }).build();
    await within(own(), (directory) => directory.configure({ whenBusy: 'reject' }));
    const renamed = await within(own(), (directory) => directory.configure({ title: 'Winter \0 holiday' }));
    expect(renamed).toMatchObject({
      title: expect.stringMatching(/^Winter .* holiday$/),
      whenBusy: 'reject',
    });
  });

  it('lists the threads whose title contains a text, capitals or not, and taken literally', async () => {
    const ada = await test.database.signUp();
    const titles = ['100% wool', 'Holiday', 'My HOLIDAY list', ''];
    for (const title of titles) await create(ada, title);
    const found = async (titleContains: string) =>
      (
        await within(aContext(ada).build(), (directory) => directory.list(10, undefined, { titleContains }))
      ).map(({ title }) => title);
    expect(await found('holiday')).toEqual(['My HOLIDAY list', 'Holiday']);
    expect(await found('0%')).toEqual(['100% wool']);
    expect(await found('%')).toEqual(['100% wool']);
  });

  it('tells how far a thread has come', async () => {
    const context = await test.openRun();
    await test.emit(context, textBatch(['a', 'b']));
    expect(await get(context.identity, context.threadId)).toMatchObject({ lastSeq: 2 });
  });

  it('takes a title with characters that can not be stored', async () => {
    const ada = await test.database.signUp();
    expect(await create(ada, 'a\0b\uD800')).toMatchObject({ title: 'a\uFFFDb\uFFFD' });
  });

  it("answers for another user's thread as for none", async () => {
    const [ada, ben] = [await test.database.signUp(), await test.database.signUp()];
    const { threadId } = await create(ada, 'of Ada');
    const absent = aContext().build().threadId;
    for (const id of [threadId, absent]) {
      await expect(get(ben, id)).rejects.toEqual(new ResourceNotFoundError('thread'));
    }
  });

  it("lists each user's own threads and nobody else's, newest first", async () => {
    const [ada, ben] = [await test.database.signUp(), await test.database.signUp()];
    const [first, second] = [await create(ada, 'first'), await create(ben, 'of Ben')];
    expect(await list(ada, 10)).toEqual([first]);
    expect(await list(ben, 10)).toEqual([second]);
    expect(await list(await test.database.signUp(), 10)).toEqual([]);
  });
});

describe('paging', () => {
  /** A few instants for many threads, so that most share theirs. */
  const anyInstants = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 25 });

  it('gives every thread once, newest first, also among threads of one instant', async () => {
    const property = fc.asyncProperty(
      anyInstants,
      fc.integer({ min: 1, max: 6 }),
      async (instants, limit) => {
        const ada = await test.database.signUp();
        const rows = instants.map((instant) => ({
          threadId: aContext().build().threadId,
          userId: ada.userId,
          createdAt: new Date(Date.UTC(2026, 0, 1) + instant),
        }));
        await test.database.transactions.run(aContext(ada).build(), ({ db }) =>
          db.insert(threads).values(rows),
        );
        const paged = await listAll(ada, limit);
        const key = ({ createdAt, threadId }: Thread): string => `${createdAt} ${threadId}`;
        expect(paged.map(key)).toEqual(paged.map(key).sort().reverse());
        expect(new Set(paged.map(({ threadId }) => threadId))).toEqual(
          new Set(rows.map((row) => row.threadId)),
        );
        expect(paged).toHaveLength(rows.length);
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  it("never follows another user's cursor into that user's threads", async () => {
    const [ada, ben] = [await test.database.signUp(), await test.database.signUp()];
    const own = await create(ben, 'of Ben');
    const { createdAt, threadId } = await create(ada, 'of Ada');
    const page = await list(ben, 10, { createdAt, id: threadId });
    expect(page.filter((thread) => thread.threadId !== own.threadId)).toEqual([]);
  });
});
