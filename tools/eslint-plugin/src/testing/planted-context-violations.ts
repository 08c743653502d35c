import type { Plants } from './plants.ts';

const header = `import { UserExecutionContext } from '@bulkhead/user-context';\n`;

/** At least one violation for each selector of each ban about the context. */
export const plantedContextViolations: Plants = {
  'one-context': [
    ['libs/execution/src/planted.ts', 'export class UserExecutionContext {}'],
    ['libs/execution/src/planted.ts', 'const make = () => class UserExecutionContext {};'],
    ['libs/execution/src/planted.spec.ts', 'export interface UserExecutionContext { id: string }'],
    ['apps/gateway/src/planted.ts', 'export type UserExecutionContext = { id: string };'],
    ['apps/gateway/src/config/planted.ts', 'export enum UserExecutionContext { A }'],
    ['libs/client/src/planted.ts', 'export const UserExecutionContext = {};'],
    ['e2e/src/planted.spec.ts', 'function UserExecutionContext() {}'],
    ['libs/auth/src/planted.ts', `const { UserExecutionContext } = await import('@bulkhead/user-context');`],
    ['libs/auth/src/planted.ts', `const { Other: UserExecutionContext } = await import('./other.ts');`],
    ['libs/auth/src/planted.ts', `import { UserExecutionContext as Context } from '@bulkhead/user-context';`],
    ['libs/auth/src/planted.ts', `import { Other as UserExecutionContext } from './other.ts';`],
    ['libs/auth/src/planted.ts', `import UserExecutionContext from './other.ts';`],
    ['libs/auth/src/planted.ts', `import * as UserExecutionContext from './other.ts';`],
    ['libs/auth/src/planted.ts', `import { UserExecutionContext } from './other.ts';`],
    ['libs/auth/src/planted.ts', `import type { UserExecutionContext } from '@bulkhead/execution';`],
    ['libs/auth/src/index.ts', `export { UserExecutionContext } from '@bulkhead/user-context';`],
    ['libs/auth/src/index.ts', `export { UserExecutionContext as Context } from '@bulkhead/user-context';`],
    ['libs/auth/src/index.ts', `export { Other as UserExecutionContext } from './other.ts';`],
    ['libs/auth/src/index.ts', `export * from '@bulkhead/user-context';`],
  ],
  'no-context-shape': [
    [
      'libs/tools/src/planted.ts',
      'interface RunInfo { userId: string; threadId: string; runId: string; requestId: string }',
    ],
    [
      'libs/tools/src/planted.ts',
      'class RunInfo { userId = 1; threadId = 2; runId = 3; requestId = 4; more = 5 }',
    ],
    ['libs/tools/src/planted.ts', 'type RunInfo = { requestId: 1; runId: 2; userId: 3; threadId: 4 };'],
  ],
  'context-from-factory': [
    ['libs/execution/src/planted.ts', `${header}export const made = new UserExecutionContext(1);`],
    ['libs/execution/src/planted.spec.ts', `${header}const made = new (UserExecutionContext as any)(1);`],
    [
      'libs/execution/src/planted.ts',
      `${header}export const made = Reflect.construct(UserExecutionContext, []);`,
    ],
    ['libs/execution/src/planted.ts', `${header}export class Mine extends UserExecutionContext {}`],
    [
      'libs/execution/src/planted.ts',
      `${header}export const made = Object.create(UserExecutionContext.prototype);`,
    ],
    ['e2e/src/planted.spec.ts', `${header}const made = {} as UserExecutionContext;`],
    ['libs/execution/src/planted.ts', `${header}const made = <UserExecutionContext>JSON.parse('{}');`],
    ['libs/execution/src/planted.ts', `${header}const made = [] as UserExecutionContext[];`],
    ['libs/execution/src/planted.ts', `${header}const made = {} as Partial<UserExecutionContext>;`],
  ],
  'no-double-cast': [
    ['libs/execution/src/planted.ts', 'export const made = {} as unknown as string;'],
    ['libs/execution/src/planted.spec.ts', 'const made = {} as any as string;'],
    ['apps/gateway/src/planted.ts', 'export const made = <string>(<unknown>{});'],
    ['apps/gateway/src/planted.ts', 'export const made = {} as never as string;'],
  ],
  'one-identity-mint': [
    ['libs/execution/src/planted.ts', `import { claimIdentityMint } from '@bulkhead/user-context';`],
    ['libs/auth/src/planted.ts', `import { claimIdentityMint } from '@bulkhead/user-context';`],
    ['libs/auth/src/planted.spec.ts', `import { claimIdentityMint as mint } from '@bulkhead/user-context';`],
    [
      'apps/gateway/src/planted.ts',
      `import * as all from '@bulkhead/user-context'; all.claimIdentityMint();`,
    ],
    ['apps/gateway/src/planted.ts', `const { claimIdentityMint } = await import('@bulkhead/user-context');`],
    ['apps/gateway/src/planted.ts', `export { claimIdentityMint } from '@bulkhead/user-context';`],
    [
      'apps/gateway/src/planted.ts',
      `import * as all from '@bulkhead/user-context'; all['claimIdentityMint']();`,
    ],
  ],
};
