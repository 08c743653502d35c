import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from '@bulkhead/user-context';
import { openTestTables, piecesOf, type TestTables } from './testing/test-tables.ts';

let test: TestTables;
let ada: Identity;
beforeAll(async () => {
  test = await openTestTables({
    maxBytes: 2_000_000,
    maxRows: 5_000,
    tablesPerUser: 3,
    bytesPerUser: 2_500_000,
  });
});
beforeEach(async () => (ada = await test.signUp()));
afterAll(() => test.close());

const list = () => test.as(ada, (session) => test.store.list(session));
const refusal = (csv: string, name = 'usage') =>
  test.upload(ada, name, csv).then(
    () => 'stored',
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  );

describe('an uploaded CSV', () => {
  it('becomes a table whose columns have names for SQL and the types of their cells', async () => {
    const csv = [
      'Time,Model,Cost (USD),Tokens,Cached?,House No.,Order,,Model',
      '2026-01-31T10:00:00Z,gpt,0.25,12,true,007,1,x,a',
      '2026-02-01 10:00,"a, ""b""\nc",-1e-3,,FALSE,12,2,,b',
    ].join('\r\n');
    const table = await test.upload(ada, 'usage', csv);
    expect(table).toMatchObject({ name: 'usage', rowCount: 2, byteCount: Buffer.byteLength(csv) });
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
      ['time', 'timestamp'],
      ['model', 'text'],
      ['cost_usd', 'numeric'],
      ['tokens', 'integer'],
      ['cached', 'boolean'],
      ['house_no', 'text'],
      ['column_order', 'integer'],
      ['column_8', 'text'],
      ['model_2', 'text'],
    ]);
    expect((await test.query(ada, 'select * from usage order by time')).rows).toEqual([
      ['2026-01-31T10:00:00Z', 'gpt', 0.25, 12, true, '007', 1, 'x', 'a'],
      ['2026-02-01T10:00:00Z', 'a, "b"\nc', -0.001, null, false, '12', 2, null, 'b'],
    ]);
    expect(await list()).toEqual([table]);
  });

  it.each([
    ['1', '-0', '999999999999999999', 'integer'],
    ['1', '9999999999999999999', '', 'numeric'],
    ['1', '1.5', '2e10', 'numeric'],
    ['1', 'true', '', 'text'],
    ['2026-01-01', '2026-02-28T23:59:59.123456+14:00', '', 'timestamp'],
    ['2026-02-30', '', '', 'text'],
    ['0000-01-01', '', '', 'text'],
    ['24:00', '-inf', 'Infinity', 'text'],
    ['+1', '1.', '.5', 'numeric'],
    ['', '', '', 'text'],
    [' 1', '1 ', '', 'integer'],
    ['0x10', '1_000', '1,5', 'text'],
    ['$1,234.50', '(2)', 'N/A', 'numeric'],
    ['2026-01-01T10:00:00.123456789+0200', '13/2/2026 1:05 PM', '-', 'timestamp'],
  ])(
    'gives a column of %j, %j and %j the type %4$s, and PostgreSQL casts all of it',
    async (a, b, c, type) => {
      const table = await test.upload(ada, 'cells', `v,k\n${[a, b, c].map((v) => `"${v}",1`).join('\n')}`);
      expect(table.columns[0]?.type).toBe(type);
      expect((await test.query(ada, 'select count(*), min(v::text) from cells')).rows[0]?.[0]).toBe(3);
    },
  );

  it('may use another delimiter, begin with a byte order mark, and arrive in pieces of a byte', async () => {
    const csv = '\uFEFFname;größe\nä🎈;"1;2"\n';
    const more = { delimiter: 'semicolon', body: piecesOf(csv, 1) } as const;
    const { columns } = await test.upload(ada, 'pieces', csv, more);
    expect(columns.map(({ name }) => name)).toEqual(['name', 'gro_e']);
    expect((await test.query(ada, 'select * from pieces')).rows).toEqual([['ä🎈', '1;2']]);
  });
});

describe('a CSV that is not one', () => {
  it.each([
    ['', 'invalid_csv: The file is empty'],
    ['a,b\n', 'invalid_csv: The file has a header and no row'],
    ['a,b\n1,2\n3\n', 'invalid_csv: Line 3 has another number of cells'],
    ['a,b\n1,2,3\n', 'invalid_csv: Line 2 has another number of cells'],
    ['a,b\n1,"2\n3,4\n', 'invalid_csv: Line'],
    ['a,b\n1,"2"x\n', 'invalid_csv: Line 2 has text after a closing quote'],
    ['a,b\n1,x"2"\n', 'invalid_csv: Line 2 has a quote within a cell'],
    ['a,b\n1,x\0y\n', 'invalid_csv: Line 2 has a NUL character'],
    [`a,b\n1,${'x'.repeat(10_001)}\n`, 'invalid_csv: Line 2 has a cell of more than 10000'],
    [`a,b\n1,"${'x'.repeat(1_000_001)}"\n`, 'invalid_csv: Line'],
    [`${'a,'.repeat(100)}a\n`, 'table_limit: The file has too many columns'],
    [`${'a'.repeat(201)}\n1\n`, 'invalid_csv: Line 1 has a header longer'],
    [`a\n${'1\n'.repeat(5_001)}`, 'table_limit: The file has too many rows'],
    [`a\n${`${'x'.repeat(9_000)}\n`.repeat(230)}`, 'table_limit: The file is larger than allowed'],
  ])('%# is refused, with the line where there is one, and stores nothing', async (csv, words) => {
    const before = await test.countRows();
    expect(await refusal(csv)).toContain(words);
    expect(await list()).toEqual([]);
    expect(await test.countRows()).toBe(before);
  });

  it('is refused when it is not UTF-8', async () => {
    async function* latin1() {
      yield await Promise.resolve(Buffer.from('name\nMünchen\n', 'latin1'));
    }
    const work = test.upload(ada, 'latin', '', { body: latin1() });
    await expect(work).rejects.toMatchObject({
      code: 'invalid_csv',
      message: expect.stringContaining('UTF-8'),
    });
  });

  it.each(['Usage', '1a', 'a b', '', 'select', 'pg_class', 'user', 'a"', 'x'.repeat(64), 'bulkhead'])(
    'may not be called %j',
    async (name) => {
      expect(await refusal('a\n1', name)).toMatch(/^invalid_request: .*name/);
    },
  );
});

describe('an upload that does not come to its end', () => {
  let hasty: TestTables;
  const limits = {
    uploadsAtOnce: 1,
    uploadTimeoutMs: 1_500,
    uploadStallMs: 400,
    uploadBytesPerSecond: 1_000,
  };
  beforeAll(async () => (hasty = await openTestTables(limits)));
  beforeEach(async () => (ada = await hasty.signUp()));
  afterAll(() => hasty.close());

  const listed = () => hasty.as(ada, (session) => hasty.store.list(session));
  const begun = Buffer.from(`a\n${'1\n'.repeat(3_000)}`);
  const broken = async function* () {
    yield await Promise.resolve(begun);
    throw new Error('the client went away');
  };
  const silent = async function* () {
    yield await Promise.resolve(begun);
    await new Promise<never>(() => undefined);
  };
  /** Sends for as long as the upload is taken. */
  const trickling = async function* (bytes: number, first = Buffer.from('a\n')) {
    yield first;
    for (;;) {
      await sleep(50);
      yield Buffer.from('1\n'.repeat(bytes / 2));
    }
  };

  const tooSlow = (upload: Promise<unknown>) =>
    expect(upload).rejects.toMatchObject({ code: 'upload_too_slow' });

  it('stores nothing when the client goes away', async () => {
    const before = await hasty.countRows();
    await expect(hasty.upload(ada, 'usage', '', { body: broken() })).rejects.toThrow('did not arrive whole');
    expect([await listed(), await hasty.countRows()]).toEqual([[], before]);
  });

  it.each([
    ['falls silent', 'upload_too_slow', 'paused', () => silent()],
    ['sends hardly anything', 'upload_too_slow', 'slower than 1000 bytes', () => trickling(2)],
    ['goes on for too long', 'upload_timeout', 'longer than 1500 ms', () => trickling(200, begun)],
  ])('stores nothing when the client %s, and gives its place back', async (_, code, words, body) => {
    for (let turn = 0; turn < 2; turn += 1) {
      const work = hasty.upload(ada, 'usage', '', { body: body() });
      await expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    }
    expect(await listed()).toEqual([]);
  });

  it('keeps nobody from storing, and no transaction open', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => hasty.signUp()));
    let arriving = 0;
    const body = async function* () {
      arriving += 1;
      yield* silent();
    };
    const slow = users.map((user) => tooSlow(hasty.upload(user, 'slow', '', { body: body() })));
    while (arriving < users.length) await sleep(5);
    expect(await hasty.countTransactions()).toBe(0);
    await hasty.upload(ada, 'usage', 'a\n1');
    expect(await listed()).toHaveLength(1);
    await Promise.all(slow);
  });

  it('keeps the same user from another one, and all from more than the disk is for', async () => {
    const users = await Promise.all(Array.from({ length: 7 }, () => hasty.signUp()));
    const cora = await hasty.signUp();
    const slow = [ada, ...users].map((user) => tooSlow(hasty.upload(user, 'one', '', { body: silent() })));
    await hasty.untilUploading(8);
    await expect(hasty.upload(ada, 'two', 'a\n1')).rejects.toMatchObject({
      code: 'uploads_busy',
      message: expect.stringContaining('of yours'),
    });
    await expect(hasty.upload(cora, 'one', 'a\n1')).rejects.toMatchObject({
      code: 'uploads_busy',
      message: expect.stringContaining('Too many'),
    });
    await Promise.all(slow);
  });

  it('is refused before it arrives when there is no room for it', async () => {
    await hasty.upload(ada, 'usage', 'a\n1');
    const work = hasty.upload(ada, 'usage', '', { body: silent() });
    await expect(work).rejects.toMatchObject({ code: 'table_name_taken' });
  });

  it('is stored when it is slow but goes on, however long it takes beside the idle transactions', async () => {
    const body = async function* () {
      yield begun;
      for (let n = 0; n < 10; n += 1) {
        await sleep(100);
        yield begun.subarray(2);
      }
    };
    expect((await hasty.upload(ada, 'usage', '', { body: body() })).rowCount).toBe(33_000);
  });

  it('leaves no file behind', async () => {
    const files = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('bulkhead-upload-'));
    await hasty.upload(ada, 'usage', 'a\n1');
    expect(await files()).toEqual([]);
  });
});

describe("a user's tables", () => {
  it('have different names', async () => {
    await test.upload(ada, 'usage', 'a\n1');
    expect(await refusal('a\n1')).toContain('table_name_taken');
    await test.upload(await test.signUp(), 'usage', 'a\n1');
  });

  it('are limited in number and in size', async () => {
    const large = `a\n${`${'x'.repeat(9_000)}\n`.repeat(200)}`;
    await test.upload(ada, 'large', large);
    expect(await refusal(large, 'larger')).toContain('table_limit: Your tables are larger');
    await test.upload(ada, 'second', 'a\n1');
    await test.upload(ada, 'third', 'a\n1');
    expect(await refusal('a\n1', 'fourth')).toContain('table_limit: You have as many tables');
  });

  it('are deleted with their rows; a foreign one answers like an absent one', async () => {
    const before = await test.countRows();
    const { tableId } = await test.upload(ada, 'usage', 'a\n1\n2');
    const ben = await test.signUp();
    const remove = (user: Identity, id: string) => test.as(user, (session) => test.store.delete(session, id));
    await expect(remove(ben, tableId)).rejects.toThrow('no such table');
    await expect(remove(ben, ben.userId)).rejects.toThrow('no such table');
    expect(await test.countRows()).toBe(before + 2);
    await remove(ada, tableId);
    expect([await list(), await test.countRows()]).toEqual([[], before]);
  });
});
