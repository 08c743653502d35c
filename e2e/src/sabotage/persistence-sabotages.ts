import type { Sabotage } from './sabotage.ts';

const postgres = 'libs/persistence/src/postgres';
const migrations = 'libs/persistence/migrations/*.sql';

/** Of what stands between the server and its database. */
export const persistenceSabotages: readonly Sabotage[] = [
  {
    name: "connection that obeys the shell's PGOPTIONS",
    breaks: 'nothing of the shell that starts the server reaches its database',
    places: [
      {
        file: `${postgres}/connections.ts`,
        find: 'Object.assign(this.connectionParameters, startup);',
        replace: 'void startup;',
      },
    ],
    guard: { spec: `${postgres}/connections.spec.ts` },
  },
  {
    name: "start that takes over other nodes' logins",
    breaks: 'a changed password of DATABASE_URL locks out no running node',
    places: [
      {
        file: `${postgres}/logins.ts`,
        find: "if (!(await areInUse())) return { ...own, action: 'change' };",
        replace: "return { ...own, action: 'change' };",
      },
    ],
    guard: { spec: `${postgres}/roles.spec.ts` },
  },
  {
    name: 'second installation with the roles of the first',
    breaks: 'installations in one PostgreSQL do not disturb each other',
    places: [
      {
        file: `${postgres}/installation.ts`,
        find: 'if (rows[0]?.is_ours ?? true) return DEFAULT_PREFIX;',
        replace: 'if (rows.length >= 0) return DEFAULT_PREFIX;',
      },
    ],
    guard: { spec: `${postgres}/installations.spec.ts` },
  },
  {
    name: 'wake that is dropped when it can not be sent',
    breaks: 'what could not be announced is announced later',
    places: [
      {
        file: 'libs/persistence/src/notifications/notification-channel.ts',
        find: 'this.#keep(payloads);',
        replace: 'void this.#keep;',
      },
    ],
    guard: { spec: 'libs/persistence/src/notifications/notification-channel.spec.ts' },
  },
  {
    name: 'foreign key without an index',
    breaks: 'deleting an account does not read what belongs to others',
    places: [
      {
        file: migrations,
        find: 'CREATE INDEX "tool_results_run" ON "bulkhead"."tool_results" USING btree ("run_id");--> statement-breakpoint',
        replace: '',
      },
    ],
    guard: { spec: `${postgres}/foreign-keys.spec.ts` },
  },
  {
    name: 'pruner that may empty any thread',
    breaks: 'a thread keeps its newest event, whoever prunes it',
    places: [
      {
        file: migrations,
        find: "USING (true) WITH CHECK (oldest_seq between 1 and greatest(last_seq, 1) and not exists (select from bulkhead.runs r where r.thread_id = threads.thread_id and r.state in ('queued', 'running', 'waiting')))",
        replace: 'USING (true) WITH CHECK (true)',
      },
    ],
    guard: { spec: `${postgres}/isolation-check.spec.ts` },
  },
  {
    name: 'verification of the audit log that prepares the database',
    breaks: 'npm run audit changes nothing',
    places: [
      {
        file: 'libs/persistence/src/database/database.service.ts',
        find: 'if (options.isReadOnly === true) return',
        replace: 'if (options.isReadOnly === true && options.databaseUrl === undefined) return',
      },
    ],
    guard: { spec: `${postgres}/reading.spec.ts` },
  },
  {
    name: 'build that empties its output first',
    breaks: 'a build takes nothing from a server that starts or runs beside it',
    places: [
      {
        file: 'tools/workspace/builder.mjs',
        find: "await replace(draft, join(folder, 'dist'));",
        replace:
          "await rm(join(folder, 'dist'), { recursive: true, force: true });\n    await replace(draft, join(folder, 'dist'));",
      },
      { file: 'tools/workspace/builder.mjs', find: '(await isDone()) ?? withLock(', replace: 'withLock(' },
      {
        file: 'tools/workspace/builder.mjs',
        find: '(await isDone()) ?? (await inTurn(make))',
        replace: 'inTurn(make)',
      },
    ],
    guard: { spec: 'e2e/src/starts.spec.ts', test: 'round 1' },
  },
  {
    name: 'readiness that only reads',
    breaks: 'a node whose database can not be written to gets no traffic',
    places: [
      {
        file: 'libs/persistence/src/database/database.service.ts',
        find: "await inTransaction(this.pool, ['BEGIN', write],",
        replace: "if (this.pool.ending) await inTransaction(this.pool, ['BEGIN', write],",
      },
    ],
    guard: { spec: 'libs/persistence/src/database-errors.spec.ts' },
  },
  {
    name: 'start behind a pooler that does not keep sessions',
    breaks: 'locks and notifications are those of a session',
    places: [
      {
        file: `${postgres}/session-check.ts`,
        find: 'if (isKept === true) return;',
        replace: 'if (isKept !== undefined) return;',
      },
    ],
    guard: { spec: `${postgres}/pooler.spec.ts` },
  },
  {
    name: 'connection counts that anybody may tell',
    breaks: 'no SQL of an agent closes the door to a user',
    places: [
      {
        file: 'apps/gateway/src/streaming/payload-seal.ts',
        find: 'return timingSafeEqual(Buffer.from(mac), Buffer.from(expected)) ? payload : undefined;',
        replace: 'timingSafeEqual(Buffer.from(mac), Buffer.from(expected));\n    return payload;',
      },
    ],
    guard: { spec: 'apps/gateway/src/streaming/payload-seal.spec.ts' },
  },
];
