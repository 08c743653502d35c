import { aContext } from '@bulkhead/user-context/testing';
import { IdempotencyKeyReusedError, notes } from '../index.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

let test: TestDatabase;
beforeAll(async () => (test = await openTestDatabase()));
afterAll(() => test.close());

async function aUser() {
  const identity = await test.signUp();
  /** Adds a note, once. */
  const add = (key: string, fingerprint = 'a', fails = false) => {
    const context = aContext(identity).build();
    return test.transactions.run(
      context,
      async ({ db }) => {
        const noteId = context.requestId;
        await db.insert(notes).values({ noteId, userId: identity.userId, text: key, idempotencyKey: noteId });
        if (fails) throw new Error('no');
        return { zulu: 1, noteId };
      },
      { once: { key, fingerprint } },
    );
  };
  const count = () => test.transactions.run(aContext(identity).build(), ({ db }) => db.$count(notes));
  return { add, count, identity };
}

describe('a transaction with an idempotency key', () => {
  it('has its effect once, and the same answer always', async () => {
    const { add, count } = await aUser();
    const first = await add('k');
    expect(JSON.stringify(await add('k'))).toBe(JSON.stringify(first));
    expect(await count()).toBe(1);
  });

  it('has its effect once when many come at the same time', async () => {
    const { add, count } = await aUser();
    const answers = await Promise.all(Array.from({ length: 100 }, () => add('k')));
    expect(new Set(answers.map(({ noteId }) => noteId)).size).toBe(1);
    expect(await count()).toBe(1);
  });

  it('refuses the key for something else', async () => {
    const { add, count } = await aUser();
    await add('k');
    await expect(add('k', 'b')).rejects.toThrow(IdempotencyKeyReusedError);
    expect(await count()).toBe(1);
  });

  it('keeps nothing of work that failed', async () => {
    const { add, count } = await aUser();
    await expect(add('k', 'a', true)).rejects.toThrow('no');
    await add('k');
    expect(await count()).toBe(1);
  });

  it('keeps the keys of users apart', async () => {
    const [ada, ben] = [await aUser(), await aUser()];
    expect(await ada.add('k')).not.toEqual(await ben.add('k', 'b'));
    expect(await ben.count()).toBe(1);
  });

  it('forgets a key after a day', async () => {
    const { add, count, identity } = await aUser();
    await add('k');
    await test.asAdmin((admin) =>
      admin.query(
        `update bulkhead.idempotency_keys set created_at = now() - interval '25 hours' where user_id = $1`,
        [identity.userId],
      ),
    );
    await add('k', 'b');
    expect(await count()).toBe(2);
  });
});
