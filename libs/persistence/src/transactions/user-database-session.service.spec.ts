import { Injectable, Module, Scope } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { ContextIsolationError, ScopeRunner, type Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import {
  notes,
  PERSISTENCE_OPTIONS,
  PersistenceModule,
  UserDatabaseSession,
  type Statement,
} from '../index.ts';
import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

/** Two request-scoped classes of one unit of work. */
@Injectable({ scope: Scope.REQUEST })
class Reader {
  constructor(readonly session: UserDatabaseSession) {}
}
@Injectable({ scope: Scope.REQUEST })
class Handler {
  constructor(
    readonly session: UserDatabaseSession,
    readonly reader: Reader,
  ) {}
}

@Module({ imports: [PersistenceModule], providers: [Handler, Reader] })
class NotesModule {}

let test: TestDatabase;
let app: TestingModule;
let scopes: ScopeRunner;
let ada: Identity;

beforeAll(async () => {
  test = await openTestDatabase();
  const providers = [{ provide: PERSISTENCE_OPTIONS, useValue: test.options }];
  class Configuration {}
  const configuration = { module: Configuration, global: true, providers, exports: providers };
  app = await Test.createTestingModule({ imports: [configuration, NotesModule] }).compile();
  scopes = app.get(ScopeRunner, { strict: false });
  ada = await test.signUp();
});
afterAll(async () => {
  await app.close();
  await test.close();
});

describe("a context's database session", () => {
  it('is one and the same for everything in its scope', async () => {
    const context = aContext(ada).build();
    await scopes.run(context, Handler, ({ session, reader }) => {
      expect(reader.session).toBe(session);
      expect(context.databaseSession).toBe(session);
      return Promise.resolve();
    });
  });

  it("reads and writes in its user's name", async () => {
    const context = aContext(ada).build();
    const note = { noteId: context.requestId, userId: ada.userId, text: 'tea', idempotencyKey: 'tea' };
    const texts = await scopes.run(context, Handler, async ({ session }) => {
      await session.transaction(({ db }) => db.insert(notes).values(note));
      return session.transaction(async ({ db }) => (await db.select().from(notes)).map(({ text }) => text));
    });
    expect(texts).toEqual(['tea']);
  });

  it('is never part of its JSON', async () => {
    const context = aContext(ada).build();
    const json = JSON.stringify(context);
    await scopes.run(context, Handler, () => {
      expect(JSON.stringify(context)).toBe(json);
      return Promise.resolve();
    });
  });

  it('refuses to work after its scope has closed', async () => {
    const session = await scopes.run(aContext(ada).build(), Handler, (handler) =>
      Promise.resolve(handler.session),
    );
    let worked = false;
    const late = session.transaction(() => Promise.resolve((worked = true)));
    await expect(late).rejects.toThrow(ContextIsolationError);
    expect(worked).toBe(false);
    await expect(session.statement(() => 'select 1')).rejects.toThrow(ContextIsolationError);
  });

  it('refuses a second one: a context that was used up opens no new scope with a database', async () => {
    const context = aContext(ada).build();
    await scopes.run(context, Handler, () => Promise.resolve());
    const again = scopes.run(context, Handler, () => Promise.resolve());
    await expect(again).rejects.toThrow('A context got a second database session.');
  });

  it('differs between two scopes, also of one user at the same time', async () => {
    const sessionOf = () =>
      scopes.run(aContext(ada).build(), Handler, ({ session }) => Promise.resolve(session));
    const [first, second] = await Promise.all([sessionOf(), sessionOf()]);
    expect(first).not.toBe(second);
  });

  it('can not be had outside a scope', async () => {
    await expect(app.resolve(UserDatabaseSession)).rejects.toThrow(ContextIsolationError);
  });
});

describe('what a session is asked for side by side', () => {
  const transactionOf = () => 'SELECT pg_current_xact_id()::text AS id';
  const noteOf =
    (text: string): Statement =>
    (literal) =>
      `INSERT INTO bulkhead.notes (note_id, user_id, text, idempotency_key)
       VALUES (gen_random_uuid(), ${[ada.userId, text, text].map(literal).join(', ')})`;
  const inScope = <R>(work: (session: UserDatabaseSession) => Promise<R>) =>
    scopes.run(aContext(ada).build(), Handler, ({ session }) => work(session));

  it('goes to the database together, as one transaction', async () => {
    const [first, second] = await inScope((session) =>
      Promise.all([
        session.statement(transactionOf),
        Promise.resolve().then(() => session.statements([() => 'SELECT 1', transactionOf])),
      ]),
    );
    expect(second[1]).toEqual(first);
  });

  it('answers each with its own rows', async () => {
    const rows = await inScope((session) =>
      Promise.all([
        session.statement(() => "SELECT 'a' AS text"),
        session.statements([() => "SELECT 'b' AS text", () => 'SELECT WHERE false']),
        session.statement(() => "SELECT 'c' AS text"),
      ]),
    );
    expect(rows).toEqual([[{ text: 'a' }], [[{ text: 'b' }], []], [{ text: 'c' }]]);
  });

  it('is not together with what is asked for later', async () => {
    const [first, second] = await inScope(async (session) => [
      await session.statement(transactionOf),
      await session.statement(transactionOf),
    ]);
    expect(second).not.toEqual(first);
  });

  it('fails alone: the rest is stored, once', async () => {
    const settled = await inScope((session) =>
      Promise.allSettled([
        session.statement(noteOf('before')),
        session.statement(() => 'SELECT 1 / 0'),
        session.statement(noteOf('after')),
      ]),
    );
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const stored = await inScope((session) =>
      session.statement<{ text: string }>(
        () => "SELECT text FROM bulkhead.notes WHERE text IN ('before', 'after') ORDER BY text",
      ),
    );
    expect(stored).toEqual([{ text: 'after' }, { text: 'before' }]);
  });

  it('takes along what rides, unless that was taken off', async () => {
    const stored = await inScope(async (session) => {
      session.ride(noteOf('rides'));
      const takeOff = session.ride(noteOf('got off'));
      takeOff();
      await session.statement(() => 'SELECT 1');
      return session.statement<{ text: string }>(
        () => "SELECT text FROM bulkhead.notes WHERE text IN ('rides', 'got off')",
      );
    });
    expect(stored).toEqual([{ text: 'rides' }]);
  });
});
