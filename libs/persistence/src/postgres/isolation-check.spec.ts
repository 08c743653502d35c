import { openTestDatabase, type TestDatabase } from '../testing/index.ts';
import { findIsolationGaps } from './isolation-check.ts';
import { migrateDatabase } from './migrations.ts';

let test: TestDatabase;
beforeAll(async () => (test = await openTestDatabase()));
afterAll(() => test.close());

/** Plants a defect, looks, and takes the defect back. */
const gapsAfter = (defect: string) =>
  test.asAdmin(async (admin) => {
    await admin.query('BEGIN');
    await admin.query(defect);
    const gaps = await findIsolationGaps(admin);
    await admin.query('ROLLBACK');
    return gaps;
  });

const table = 'create table bulkhead.secrets (user_id uuid not null, secret text)';
const policy = (condition: string) =>
  `create policy extra on bulkhead.notes for select to bulkhead_app using (${condition})`;

describe('the catalog', () => {
  it('keeps users apart in every table there is', async () => {
    expect(await test.asAdmin(findIsolationGaps)).toEqual([]);
  });

  it.each([
    ['a policy is dropped', 'drop policy owner_only on bulkhead.notes', 'notes: no owner policy'],
    [
      'FORCE is missing',
      'alter table bulkhead.events no force row level security',
      'events: row-level security',
    ],
    [
      'row-level security is off',
      'alter table bulkhead.runs disable row level security',
      'runs: row-level security',
    ],
    ['a new table has no protection', table, 'secrets: row-level security is not forced'],
    ['a second policy opens a table', policy('true'), 'notes: policy extra'],
    [
      'a policy has a way round',
      policy(`user_id = (select current_setting('app.user_id')::uuid) or text = 'x'`),
      'policy extra',
    ],
    [
      'everybody may read a table',
      `${table}; grant select on bulkhead.secrets to public`,
      'PUBLIC has rights on a table without an owner',
    ],
    [
      'the app may read the signing keys',
      'grant select on bulkhead.signing_keys to bulkhead_app',
      'signing_keys: bulkhead_app has rights',
    ],
    [
      'the authenticator may read messages',
      'grant select on bulkhead.messages to bulkhead_auth',
      'messages: bulkhead_auth',
    ],
    [
      'the engine may read messages',
      'grant select on bulkhead.messages to bulkhead_engine',
      'messages: bulkhead_engine has rights',
    ],
    [
      'the engine is let into a user’s table',
      'create policy extra on bulkhead.notes to bulkhead_engine using (true)',
      'notes: policy extra',
    ],
    [
      'a change of a flag may be rewritten',
      'grant update on bulkhead.flag_changes to bulkhead_engine',
      'flag_changes: bulkhead_engine may update',
    ],
    [
      'history may be rewritten',
      'grant update on bulkhead.events to bulkhead_app',
      'events: bulkhead_app may update',
    ],
    [
      'SQL of agents may read messages',
      'grant select on bulkhead.messages to bulkhead_query',
      'messages: bulkhead_query may select',
    ],
    [
      'SQL of agents may write',
      'grant delete, insert on bulkhead.table_rows to bulkhead_query',
      'table_rows: bulkhead_query may insert',
    ],
    [
      'SQL of agents sees every row',
      'create policy extra on bulkhead.table_rows for select to bulkhead_query using (true)',
      'table_rows: policy extra',
    ],
    [
      'SQL of agents sees the grants of others',
      'create policy extra on bulkhead.query_grants for select to bulkhead_query using (true)',
      'query_grants: policy extra',
    ],
    [
      'SQL of agents may take a role',
      'grant bulkhead_app to bulkhead_query',
      'bulkhead_query is a member of bulkhead_app',
    ],
    [
      'SQL of agents may call what runs with more rights',
      `create function public.leak() returns bigint language sql security definer as 'select 1::bigint'`,
      'public.leak: bulkhead_query may execute',
    ],
    [
      'the pruner may read what events say',
      'grant select (data) on bulkhead.events to bulkhead_pruner',
      'events.data: bulkhead_pruner may select',
    ],
    [
      'the pruner may empty another table',
      'grant delete on bulkhead.messages to bulkhead_pruner',
      'messages: bulkhead_pruner may delete',
    ],
    [
      'the pruner may delete what a thread still offers',
      'alter policy pruner_delete on bulkhead.events using (true)',
      'events: policy pruner_delete',
    ],
    [
      'the pruner may say that a thread offers nothing',
      'alter policy pruner_update on bulkhead.threads with check (true)',
      'threads: policy pruner_update',
    ],
    ['a role may make schemas', 'grant create on database postgres to bulkhead_engine', 'may create in'],
    [
      'a login of another secret can become the owner',
      'create role bulkhead_login_0123abcd; grant bulkhead_owner to bulkhead_login_0123abcd',
      'role bulkhead_login_0123abcd is a member of bulkhead_owner',
    ],
    [
      'a column of the audit log may be rewritten',
      'grant update (action) on bulkhead.audit_log to bulkhead_app',
      'audit_log: bulkhead_app may update',
    ],
    [
      'the audit log may be emptied',
      'grant truncate on bulkhead.audit_log to bulkhead_auth',
      'audit_log: bulkhead_auth may truncate',
    ],
    [
      'seals may be taken away',
      'grant delete on bulkhead.audit_seals to bulkhead_auth',
      'audit_seals: bulkhead_auth may delete',
    ],
    [
      'an administrator may read what was said',
      'grant select (content) on bulkhead.messages to bulkhead_admin',
      'messages.content: bulkhead_admin may select',
    ],
    [
      'an administrator may read the titles of threads',
      'grant select on bulkhead.threads to bulkhead_admin',
      'threads.title: bulkhead_admin may select',
    ],
    [
      'an administrator may read why a run failed',
      'grant select (error) on bulkhead.runs to bulkhead_admin',
      'runs.error: bulkhead_admin may select',
    ],
    [
      'an administrator may read password hashes',
      'grant select (password_hash) on bulkhead.accounts to bulkhead_admin',
      'accounts.password_hash: bulkhead_admin may select',
    ],
    [
      'an administrator may change runs',
      'grant update (state) on bulkhead.runs to bulkhead_admin',
      'runs.state: bulkhead_admin may update',
    ],
    [
      'a policy lets administrators change rows',
      'create policy wide on bulkhead.runs for update to bulkhead_admin using (true)',
      'runs: policy wide',
    ],
    ['a role can bypass', 'alter role bulkhead_app bypassrls', 'role bulkhead_app can bypass'],
    ['a login can become the owner', 'grant bulkhead_owner to bulkhead_login', 'member of bulkhead_owner'],
    ['a view shows all', 'create view bulkhead.leak as select * from bulkhead.notes', 'leak: a view without'],
    [
      'a function runs with its owner’s rights',
      `create function bulkhead.leak() returns bigint language sql security definer as 'select count(*) from bulkhead.notes'`,
      'leak: a function',
    ],
  ])('is found wanting when %s', async (_, defect, gap) => {
    expect((await gapsAfter(defect)).join('\n')).toContain(gap);
  });

  it('stops the boot when it is found wanting', async () => {
    await test.asAdmin((admin) => admin.query('alter table bulkhead.notes no force row level security'));
    await expect(migrateDatabase(test.adminUrl)).rejects.toThrow('notes: row-level security is not forced');
    await test.asAdmin((admin) => admin.query('alter table bulkhead.notes force row level security'));
    await expect(migrateDatabase(test.adminUrl)).resolves.toBeDefined();
  });

  it('is prepared once when nodes start together', async () => {
    const logins = await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(test.adminUrl)));
    expect(new Set(logins.map(({ serverUrl }) => serverUrl)).size).toBe(1);
  });
});
