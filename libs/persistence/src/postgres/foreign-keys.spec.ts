import { openTestDatabase, type TestDatabase } from '../testing/index.ts';

let test: TestDatabase;
beforeAll(async () => (test = await openTestDatabase()));
afterAll(() => test.close());

/** Foreign keys without an index that begins with their first column: deleting what they refer to reads the whole table. */
const unindexed = `SELECT c.conrelid::regclass::text || '.' || c.conname AS key FROM pg_constraint c
  WHERE c.contype = 'f' AND c.connamespace = 'bulkhead'::regnamespace AND NOT EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indisvalid AND i.indpred IS NULL
       AND i.indkey[0] = c.conkey[1])`;

const keysAfter = (change: string) =>
  test.asAdmin(async (admin) => {
    await admin.query('BEGIN');
    await admin.query(change);
    const { rows } = await admin.query<{ key: string }>(unindexed);
    await admin.query('ROLLBACK');
    return rows.map(({ key }) => key);
  });

describe('every foreign key', () => {
  it('has an index, so that what it refers to is deleted fast', async () => {
    expect(await keysAfter('SELECT 1')).toEqual([]);
  });

  it('is found without one, also in a table that is yet to be made, and where the index is partial', async () => {
    const table = `CREATE TABLE bulkhead.planted (user_id uuid CONSTRAINT planted_owner REFERENCES bulkhead.accounts)`;
    expect(await keysAfter(table)).toEqual(['bulkhead.planted.planted_owner']);
    const partial = `CREATE INDEX ON bulkhead.planted (user_id) WHERE user_id IS NULL`;
    expect(await keysAfter(`${table}; ${partial}`)).toEqual(['bulkhead.planted.planted_owner']);
    expect(await keysAfter(`${table}; CREATE INDEX ON bulkhead.planted (user_id)`)).toEqual([]);
  });
});
