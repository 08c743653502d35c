import type { Sabotage } from './sabotage.ts';

const migrations = 'libs/persistence/migrations/*.sql';

/** Of what keeps users apart: the context and its scope, the database and its roles. */
export const isolationSabotages: readonly Sabotage[] = [
  {
    name: 'emitter that ignores the owner',
    breaks: 'no user is sent an event of another',
    places: [
      {
        file: 'libs/events/src/fanout/event-router.service.ts',
        find: '`${UserExecutionContext.verify(context).userId} ${toStorableUuid(threadId)}`',
        replace: '`${UserExecutionContext.verify(context) && "anybody"} ${toStorableUuid(threadId)}`',
      },
    ],
    guard: { spec: 'libs/events/src/fanout/event-router.spec.ts' },
  },
  {
    name: 'missing FORCE ROW LEVEL SECURITY',
    breaks: 'the database shows nobody the rows of another, whoever owns the table',
    places: [
      {
        file: migrations,
        find: 'ALTER TABLE bulkhead.idempotency_keys FORCE ROW LEVEL SECURITY;--> statement-breakpoint',
        replace: '',
      },
    ],
    guard: { spec: 'libs/persistence/src/postgres/isolation-check.spec.ts' },
  },
  {
    name: 'row-level security policy that lets everybody read',
    breaks: 'a query that forgets WHERE sees the rows of its user only',
    places: [
      {
        file: migrations,
        find: 'CREATE POLICY "owner_only" ON "bulkhead"."messages" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (user_id = (select current_setting(\'app.user_id\')::uuid))',
        replace:
          'CREATE POLICY "owner_only" ON "bulkhead"."messages" AS PERMISSIVE FOR ALL TO "bulkhead_app" USING (true)',
      },
    ],
    guard: { spec: 'libs/persistence/src/transactions/user-transactions.spec.ts' },
  },
  {
    name: 'transaction in the role of the login',
    breaks: 'users work in a role that row-level security holds for',
    places: [
      {
        file: 'libs/persistence/src/transactions/user-transactions.service.ts',
        find: "`SELECT set_config('role', '${roles.app}', true), set_config('app.user_id'",
        replace: "`SELECT set_config('app.user_id'",
      },
    ],
    guard: { spec: 'libs/persistence/src/transactions/user-transactions.spec.ts' },
  },
  {
    name: 'user that stays on the pooled connection',
    breaks: 'a connection carries nothing over to the next user',
    places: [
      {
        file: 'libs/persistence/src/transactions/user-transactions.service.ts',
        find: "`SELECT set_config('role', '${roles.app}', true), set_config('app.user_id', ${literal(userId)}, true)`",
        replace:
          "`SELECT set_config('role', 'bulkhead_app', false), set_config('app.user_id', ${literal(userId)}, false)`",
      },
    ],
    guard: { spec: 'libs/persistence/src/transactions/user-transactions.spec.ts' },
  },
  {
    name: 'look-alike that passes for a context',
    breaks: 'nobody acts for a user by naming one',
    places: [
      {
        file: 'libs/user-context/src/user-execution-context.ts',
        find: "if (typeof value === 'object' && value !== null && #identity in value) return value;",
        replace: "if (typeof value === 'object' && value !== null) return value as UserExecutionContext;",
      },
    ],
    guard: { spec: 'libs/events/src/fanout/event-router.spec.ts' },
  },
  {
    name: 'record that two contexts share',
    breaks: 'nothing mutable is shared between contexts',
    places: [
      {
        file: 'libs/user-context/src/ownership-registry.ts',
        find: 'if (current !== undefined && current !== owner) {',
        replace: 'if (current !== undefined && current === undefined) {',
      },
    ],
    guard: { spec: 'libs/user-context/src/ownership-registry.spec.ts' },
  },
  {
    name: 'scope that is not closed',
    breaks: 'whatever way a unit of work ends, nothing of it stays',
    places: [
      {
        file: 'libs/user-context/src/scope-runner.service.ts',
        find: 'stopWatching(); await this.#close(scope, failure, !isSettled);',
        replace: 'stopWatching(); if (failure === null) await this.#close(scope, failure, !isSettled);',
      },
    ],
    guard: { spec: 'libs/user-context/src/scope-runner.service.spec.ts' },
  },
  {
    name: 'cleanup that ends with the first error',
    breaks: 'all cleanups run, whichever fails',
    places: [
      {
        file: 'libs/user-context/src/user-context-scope.ts',
        find: 'failures.push(new Error(`Cleanup "${cleanup.name}" failed`, { cause }));',
        replace: 'throw new Error(`Cleanup "${cleanup.name}" failed`, { cause });',
      },
    ],
    guard: { spec: 'libs/user-context/src/user-context-scope.spec.ts' },
  },
  {
    name: 'database session that outlives its scope',
    breaks: 'nothing of a unit of work can be used after its end',
    places: [
      {
        file: 'libs/persistence/src/transactions/user-database-session.service.ts',
        find: 'this.scope.assertOpen(); const { lock, first = [], once } = options;',
        replace: 'const { lock, first = [], once } = options;',
      },
    ],
    guard: { spec: 'libs/persistence/src/transactions/user-database-session.service.spec.ts' },
  },
  {
    name: 'violation that nobody is told of',
    breaks: 'every isolation violation is counted and written down',
    places: [
      {
        file: 'libs/user-context/src/scope-runner.service.ts',
        find: 'if (error instanceof ContextIsolationError)',
        replace: 'if (error === undefined)',
      },
    ],
    guard: { spec: 'libs/user-context/src/isolation-monitor.spec.ts' },
  },
  {
    name: 'placeholder that passes for an id',
    breaks: 'no default value ever stands for a user, thread or run',
    places: [
      {
        file: 'libs/user-context/src/identifier-rules.ts',
        find: 'const folded = value.toLowerCase();',
        replace: 'const folded = value;',
      },
    ],
    guard: { spec: 'libs/user-context/src/identifier-rules.spec.ts' },
  },
];
