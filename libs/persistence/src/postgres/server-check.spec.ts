import { openTestDatabase } from '../testing/index.ts';
import { checkServer } from './server-check.ts';

describe('the version of PostgreSQL', () => {
  it.each(['150008', '140000'])('is refused at %s, in words', async (version) => {
    const test = await openTestDatabase();
    await test.asAdmin(async (admin) => {
      // What an older server says of itself; everything else is asked of a real one.
      await admin.query('create schema older');
      await admin.query(
        `create function older.current_setting(text) returns text language sql as $$
           select case $1 when 'server_version_num' then '${version}' when 'server_version' then '15.8'
                          else pg_catalog.current_setting($1) end $$`,
      );
      await admin.query('set search_path = older, pg_catalog');
      await expect(checkServer(admin)).rejects.toThrow(
        'PostgreSQL 15.8 is too old: Bulkhead needs 16 or newer. Upgrade it, or set DATABASE_URL to another.',
      );
      await admin.query('reset search_path');
      await expect(checkServer(admin)).resolves.toBeUndefined();
    });
    await test.close();
  });
});
