import type { Corpora } from './corpus.ts';

const tools = 'libs/tools/src/planted.ts';
const auth = 'libs/auth/src/planted.ts';
const door = 'libs/auth/src/index.ts';

/** The context again: by name, by another name, by shape, by a type made of it. */
export const contextRedefinition: Corpora = {
  'no-context-redefinition': {
    caught: [
      // By name.
      ['libs/execution/src/planted.ts', 'export class UserExecutionContext {}'],
      ['libs/execution/src/planted.ts', 'const make = () => class UserExecutionContext {};'],
      ['libs/execution/src/planted.spec.ts', 'export interface UserExecutionContext { id: string }'],
      ['apps/gateway/src/planted.ts', 'export type UserExecutionContext = { id: string };'],
      ['apps/gateway/src/config/planted.ts', 'export enum UserExecutionContext { A }'],
      ['libs/client/src/planted.ts', 'export const UserExecutionContext = {};'],
      ['e2e/src/planted.spec.ts', 'function UserExecutionContext() {}'],
      // By a name that is nearly the same.
      [tools, 'export class UserExecutionContextV2 {}'],
      [tools, 'export interface IUserExecutionContext { id: string }'],
      [tools, 'export class user_execution_context {}'],
      [tools, 'export type LegacyUserContext = { id: string };'],
      // Renamed on the way in or out.
      [auth, `const { UserExecutionContext } = await import('@bulkhead/user-context');`],
      [auth, `const { UserExecutionContext: Ctx } = await import('@bulkhead/user-context');`],
      [auth, `const { Other: UserExecutionContext } = await import('./other.ts');`],
      [auth, `import { UserExecutionContext as Context } from '@bulkhead/user-context';`],
      [auth, `import { Other as UserExecutionContext } from './other.ts';`],
      [auth, `import UserExecutionContext from './other.ts';`],
      [auth, `import * as UserExecutionContext from './other.ts';`],
      [auth, `import { UserExecutionContext } from './other.ts';`],
      [auth, `import type { UserExecutionContext } from '@bulkhead/execution';`],
      [door, `export { UserExecutionContext } from '@bulkhead/user-context';`],
      [door, `export { UserExecutionContext as Context } from '@bulkhead/user-context';`],
      [door, `export { Other as UserExecutionContext } from './other.ts';`],
      [door, `export * from '@bulkhead/user-context';`],
      [door, `export * as context from '@bulkhead/user-context';`],
      [
        door,
        `import { UserExecutionContext } from '@bulkhead/user-context'; export default UserExecutionContext;`,
      ],
      [auth, `import * as all from '@bulkhead/user-context'; export const Ctx = all.UserExecutionContext;`],
      [auth, `import * as all from '@bulkhead/user-context'; export type Ctx = all.UserExecutionContext;`],
      [
        auth,
        `import { UserExecutionContext } from '@bulkhead/user-context'; export type Ctx = UserExecutionContext;`,
      ],
      [auth, `export type Ctx = import('@bulkhead/user-context').UserExecutionContext;`],
      [
        auth,
        `import { UserExecutionContext } from '@bulkhead/user-context'; export type Ctx = InstanceType<typeof UserExecutionContext>;`,
      ],
      [auth, `export const Ctx = (await import('@bulkhead/user-context')).UserExecutionContext;`],
      [auth, `/* eslint-disable */ export class UserExecutionContext {}`],
      [
        auth,
        `// eslint-disable-next-line bulkhead/no-context-redefinition\nexport class UserExecutionContext {}`,
      ],
      // By shape.
      [tools, 'interface RunInfo { userId: string; threadId: string; runId: string }'],
      [tools, 'class RunInfo { userId = 1; threadId = 2; runId = 3; more = 5 }'],
      [tools, 'class RunInfo { #userId = 1; #threadId = 2; #requestId = 3 }'],
      [
        tools,
        'class RunInfo { constructor(readonly userId: string, readonly threadId: string, readonly runId: string) {} }',
      ],
      [tools, 'type RunInfo = { requestId: 1; runId: 2; userId: 3 };'],
      [tools, 'type RunInfo = { user_id: 1; thread_id: 2; run_id: 3 };'],
      [tools, `type RunInfo = { 'userId': 1; ['threadId']: 2; websocketClientId: 3 };`],
      [tools, 'export const open = (it: { userId: string; threadId: string; runId: string }) => it;'],
      [tools, 'type RunInfo = { userId: 1; threadId: 2 } & { runId: 3 };'],
      [tools, 'interface Half { userId: 1; threadId: 2 } interface RunInfo extends Half { runId: 3 }'],
      [tools, 'type Half = { userId: 1; threadId: 2 }; type RunInfo = Half & { runId: 3 };'],
      [tools, 'class Half { userId = 1; threadId = 2 } class RunInfo extends Half { runId = 3 }'],
      [tools, `type RunInfo = { [Key in 'userId' | 'threadId' | 'runId']: string };`],
      [tools, `type Keys = 'userId' | 'threadId' | 'runId'; type RunInfo = Record<Keys, string>;`],
      [tools, 'const it = { userId: 1, threadId: 2, runId: 3 } as const; type RunInfo = typeof it;'],
      [
        tools,
        `import type { UserExecutionContext } from '@bulkhead/user-context'; type RunInfo = Partial<UserExecutionContext>;`,
      ],
      [
        tools,
        `import type { UserExecutionContext } from '@bulkhead/user-context'; type RunInfo = Omit<UserExecutionContext, 'createdAt'>;`,
      ],
      [
        tools,
        `import type { ContextJson } from '@bulkhead/user-context'; type RunInfo = Pick<ContextJson, 'userId' | 'runId' | 'threadId'>;`,
      ],
      [
        tools,
        `import type { UserExecutionContext } from '@bulkhead/user-context'; type RunInfo = { [Key in keyof UserExecutionContext]: string };`,
      ],
      [
        tools,
        `import type { UserExecutionContext } from '@bulkhead/user-context'; interface RunInfo extends UserExecutionContext { more: 1 }`,
      ],
      [
        tools,
        `import type { UserExecutionContext } from '@bulkhead/user-context'; type RunInfo = UserExecutionContext & { more: 1 };`,
      ],
    ],
    innocent: [
      [
        'libs/execution/src/planted.ts',
        `import { UserExecutionContext } from '@bulkhead/user-context'; export const name = UserExecutionContext.name;`,
      ],
      [
        'libs/execution/src/planted.ts',
        `import type { UserExecutionContext } from '@bulkhead/user-context'; export type Work = (context: UserExecutionContext) => void;`,
      ],
      [
        'libs/execution/src/planted.ts',
        `import type { UserExecutionContext } from '@bulkhead/user-context'; export interface Job { context: UserExecutionContext; threadId: string }`,
      ],
      [
        'libs/execution/src/planted.ts',
        `import type { UserExecutionContext } from '@bulkhead/user-context'; export type Owner = Pick<UserExecutionContext, 'userId' | 'threadId'>;`,
      ],
      ['libs/execution/src/planted.ts', 'export class UserExecutionContextReport {}'],
      ['libs/execution/src/planted.ts', 'export class UserContextMetrics {}'],
      [
        'libs/events/src/planted.ts',
        'export interface Cursor { threadId: string; runId: string; seq: number }',
      ],
      [
        'libs/events/src/planted.ts',
        'export const insert = (it: Row) => ({ userId: it.a, threadId: it.b, runId: it.c, requestId: it.d });',
      ],
      ['libs/events/src/planted.ts', `export type Column = 'userId' | 'threadId' | 'runId';`],
      [
        'libs/events/src/planted.ts',
        'export function find(userId: string, threadId: string, runId: string) { return [userId, threadId, runId]; }',
      ],
      ['libs/events/src/planted.ts', 'interface Half { userId: 1 } interface Run extends Half { runId: 3 }'],
      [
        'libs/events/src/vocabulary/thread-event.ts',
        'export interface Envelope { threadId: string; runId: string; requestId: string }',
      ],
      [
        'apps/gateway/src/planted.ts',
        `import type { ExecutionContext } from '@nestjs/common'; export const type = (it: ExecutionContext) => it.getType();`,
      ],
      [
        'libs/user-context/src/planted.ts',
        'export class UserExecutionContext { userId = 1; threadId = 2; runId = 3 }',
      ],
    ],
  },
};
