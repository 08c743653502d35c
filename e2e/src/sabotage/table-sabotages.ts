import type { Sabotage } from './sabotage.ts';

/** Of uploaded tables and the SQL that agents ask about them. */
export const tableSabotages: readonly Sabotage[] = [
  {
    name: 'upload that holds a transaction while its client sends',
    breaks: 'clients that send slowly keep nobody from storing',
    places: [
      {
        file: 'libs/tables/src/table-import.service.ts',
        find: 'const file = await UploadSpool.receive(upload.body, this.options);',
        replace:
          'const file = await session.transaction(() => UploadSpool.receive(upload.body, this.options));',
      },
    ],
    guard: { spec: 'libs/tables/src/table-import.spec.ts', test: 'keeps nobody from storing' },
  },
  {
    name: 'upload that may take for ever',
    breaks: 'a client that sends hardly anything loses its place',
    places: [
      {
        file: 'libs/tables/src/upload-spool.ts',
        find: 'size < seconds * uploadBytesPerSecond',
        replace: 'size < 0',
      },
    ],
    guard: { spec: 'libs/tables/src/table-import.spec.ts', test: 'sends hardly anything' },
  },
  {
    name: 'number that is read by a guess',
    breaks: 'a number that can be read in two ways is not guessed at',
    places: [
      {
        file: 'libs/tables/src/csv/column-reading.ts',
        find: "return hasTwofoldComma || shown.delimiter === 'semicolon' ? undefined : 'point';",
        replace: "return hasTwofoldComma && shown.delimiter === 'semicolon' ? undefined : 'point';",
      },
    ],
    guard: { spec: 'libs/tables/src/csv/csv-table.spec.ts' },
  },
  {
    name: 'line without an end that is parsed all the same',
    breaks: 'no file holds more of the server than a piece',
    places: [
      {
        file: 'libs/tables/src/csv/csv-text.ts',
        find: 'if (this.#length > MAX_LINE_LENGTH) {',
        replace: 'if (this.#length > 1_000 * MAX_LINE_LENGTH) {',
      },
    ],
    guard: { spec: 'libs/tables/src/csv/csv-table.spec.ts', test: 'is refused by its line or its limit' },
  },
  {
    name: 'SQL of an agent that grows without a bound',
    breaks: 'a query can make no value much longer than a cell',
    places: [
      {
        file: 'libs/tables/src/query/sql-growth.ts',
        find: 'if (growth * items > MAX_GROWTH) {',
        replace: 'if (items > MAX_GROWTH) {',
      },
    ],
    guard: { spec: 'libs/tables/src/query/sql-growth.spec.ts' },
  },
  {
    name: 'SQL of an agent that takes all memory',
    breaks: "a query's memory is bounded by the system",
    places: [
      {
        file: 'libs/tables/src/query/query-connections.service.ts',
        find: 'await limitBackendMemory(client, pid, BACKEND_BYTES);',
        replace: 'await limitBackendMemory(client, pid, 100 * BACKEND_BYTES);',
      },
    ],
    guard: { spec: 'libs/tables/src/query/escapes.spec.ts', test: 'in memory is bounded' },
  },
  {
    name: 'SQL of an agent with a time limit for each of its statements',
    breaks: 'a query has one time limit with all of its rows',
    places: [
      {
        file: 'libs/tables/src/query/query-connections.service.ts',
        find: 'await client.query(deadline.statement);',
        replace: 'await client.query(new QueryDeadline(this.options.queryTimeoutMs).statement);',
      },
    ],
    guard: { spec: 'libs/tables/src/query/escapes.spec.ts', test: 'in time is one limit' },
  },
  {
    name: 'queries of one user in all places',
    breaks: 'one user has half of the places for queries',
    places: [
      {
        file: 'libs/tables/src/query/query-connections.service.ts',
        find: 'lane: session.context.userId,',
        replace: "lane: 'all',",
      },
      {
        file: 'libs/tables/src/query/query-connections.service.ts',
        find: 'atOncePerLane: Math.max(1, Math.floor(options.queriesAtOnce / 2)),',
        replace: '',
      },
    ],
    guard: { spec: 'libs/tables/src/query/escapes.spec.ts', test: 'of places is half' },
  },
  {
    name: 'attribute notation that is not looked at',
    breaks: 'a query calls nothing but what is on the list',
    places: [
      {
        file: 'libs/tables/src/query/sql-guard.ts',
        find: 'if (!attributeFunctions.has(text)) return;',
        replace: 'if (attributeFunctions.size > 0) return;',
      },
    ],
    guard: { spec: 'libs/tables/src/query/sql-guard.spec.ts' },
  },
];
