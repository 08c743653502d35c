import { setTimeout as sleep } from 'node:timers/promises';
import { Global, Module } from '@nestjs/common';
import { UserDatabaseSession } from '@bulkhead/persistence';
import { openTestEvents, type TestEvents } from '@bulkhead/events/testing';
import type { Identity } from '@bulkhead/user-context';
import { aContext } from '@bulkhead/user-context/testing';
import { QueryConnections } from '../query/query-connections.service.ts';
import { TableQueries, type QueryAnswer } from '../query/table-queries.service.ts';
import type { Table } from '../table.ts';
import { TableImport, type TableUpload } from '../table-import.service.ts';
import { TableStore } from '../table-store.service.ts';
import { TablesModule } from '../tables.module.ts';
import { defaultTablesOptions, TABLES_OPTIONS, type TablesOptions } from '../tables.options.ts';

/** The real module of a node on a real database of the spec's own; call `close` when done. */
export interface TestTables {
  readonly events: TestEvents;
  readonly store: TableStore;
  readonly connections: QueryConnections;
  signUp(): Promise<Identity>;
  /** Works in a scope of the user's. */
  as<R>(user: Identity, work: (session: UserDatabaseSession) => Promise<R>): Promise<R>;
  upload(user: Identity, name: string, csv: string | Buffer, more?: Partial<TableUpload>): Promise<Table>;
  query(user: Identity, sql: string, signal?: AbortSignal): Promise<QueryAnswer>;
  /** The number of rows that all users keep. */
  countRows(): Promise<number>;
  /** Settles once this many uploads are under way. */
  untilUploading(uploads: number): Promise<void>;
  /** The transactions that users' sessions have open and idle. */
  countTransactions(): Promise<number>;
  /** The queries that the database works on. */
  countRunning(): Promise<number>;
  close(): Promise<void>;
}

export async function openTestTables(options: Partial<TablesOptions> = {}): Promise<TestTables> {
  const events = await openTestEvents([configuration(options), TablesModule]);
  const get = <T>(type: abstract new (...args: never[]) => T): T =>
    events.node.get<T>(type, { strict: false });
  const [store, queries, tableImport] = [get(TableStore), get(TableQueries), get(TableImport)];
  const as: TestTables['as'] = (user, work) =>
    events.scopes.run(aContext(user).build(), UserDatabaseSession, work);
  const count = (sql: string): Promise<number> =>
    events.database.asAdmin(async (admin) => (await admin.query<{ count: number }>(sql)).rows[0]?.count ?? 0);
  return {
    events,
    store,
    connections: get(QueryConnections),
    signUp: () => events.database.signUp({ permissions: ['tools:tables'] }),
    as,
    upload: (user, name, csv, more = {}) =>
      as(user, (session) => tableImport.store(session, { name, body: piecesOf(csv), ...more })),
    query: (user, sql, signal = new AbortController().signal) =>
      as(user, (session) => queries.query(session, sql, signal)),
    countRows: () => count('select count(*)::int from bulkhead.table_rows'),
    untilUploading: async (uploads) => {
      while (tableImport.uploads < uploads) await sleep(10);
    },
    countTransactions: () =>
      count(`select count(*)::int from pg_stat_activity where state like 'idle in transaction%'`),
    countRunning: () =>
      count(`select count(*)::int from pg_locks join pg_stat_activity using (pid)
              where usename = 'bulkhead_query' and relation = 'bulkhead.table_rows'::regclass`),
    close: () => events.close(),
  };
}

function configuration(options: Partial<TablesOptions>) {
  const provider = { provide: TABLES_OPTIONS, useValue: { ...defaultTablesOptions, ...options } };
  @Global()
  @Module({ providers: [provider], exports: [provider] })
  class Configuration {}
  return Configuration;
}

/** A text as it arrives from a network: in pieces that know nothing of lines or characters. */
export async function* piecesOf(text: string | Buffer, size = 65_536): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}
