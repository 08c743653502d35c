import type { Corpora } from './corpus.ts';

const file = 'libs/execution/src/planted.ts';
const spec = 'libs/execution/src/planted.spec.ts';
const uses = `import { UserExecutionContext } from '@bulkhead/user-context'; `;
const given = `${uses}export const use = (context: UserExecutionContext) => `;

/** A context made without its factories, and values that claim to be of a type. */
export const contextConstruction: Corpora = {
  'no-context-construction': {
    caught: [
      [file, `${uses}export const made = new UserExecutionContext(1);`],
      [spec, `${uses}const made = new (UserExecutionContext as any)(1);`],
      [
        file,
        `import * as all from '@bulkhead/user-context'; export const made = new all.UserExecutionContext(1);`,
      ],
      [
        file,
        `import { UserExecutionContext as C } from '@bulkhead/user-context'; export const made = new C(1);`,
      ],
      [file, `${uses}const C = UserExecutionContext; export const made = new C(1);`],
      [
        file,
        `const { UserExecutionContext: C } = await import('@bulkhead/user-context'); export const made = new C(1);`,
      ],
      [file, `export const made = new (await import('@bulkhead/user-context')).UserExecutionContext(1);`],
      [file, `${given}new (context.constructor as any)(1);`],
      [file, `${uses}export const made = Reflect.construct(UserExecutionContext, []);`],
      [file, `${uses}export class Mine extends UserExecutionContext {}`],
      [file, `${uses}export const made = Object.create(UserExecutionContext.prototype);`],
      [file, `${uses}export const made = Object.setPrototypeOf({}, UserExecutionContext['prototype']);`],
      [file, `${given}Object.create(context);`],
      [file, `${given}Object.assign(context, { userId: 'eve' });`],
      [file, `${given}Object.assign({}, context);`],
      [file, `${given}structuredClone(context);`],
      [file, `${given}({ ...context, userId: 'eve' });`],
      [
        spec,
        `import { aContext } from '@bulkhead/user-context/testing'; export const forged = { ...aContext().build() };`,
      ],
      [
        spec,
        `import { aContext } from '@bulkhead/user-context/testing'; const ada = aContext().build(); export const forged = { ...ada };`,
      ],
      [
        file,
        `${uses}export const use = (id: never) => { const child = UserExecutionContext.fromRequest(id, {}); return { ...child }; };`,
      ],
      ['e2e/src/planted.spec.ts', `${uses}const made = {} as UserExecutionContext;`],
      [file, `${uses}const made = <UserExecutionContext>JSON.parse('{}');`],
      [file, `${uses}const made = [] as UserExecutionContext[];`],
      [file, `${uses}const made = {} as Partial<UserExecutionContext>;`],
      [file, `${uses}const made = {} as unknown as UserExecutionContext;`],
      [file, `${uses}const made = {} as InstanceType<typeof UserExecutionContext>;`],
      [file, `${given}({}) as typeof context;`],
      [file, `const made = {} as import('@bulkhead/user-context').UserExecutionContext;`],
      [file, `${uses}const made = { userId: 1 } satisfies UserExecutionContext;`],
      [file, `${uses}const made: UserExecutionContext = JSON.parse('{}');`],
      [file, `${uses}const made: UserExecutionContext = {} as any;`],
      [file, `${uses}const make = (): UserExecutionContext => ({ userId: 1 });`],
      [file, `${uses}function make(): UserExecutionContext { return JSON.parse('{}'); }`],
      [file, `${uses}export function is(it: unknown): it is UserExecutionContext { return true; }`],
      [file, `export const run = (work: any) => work({ userId: 'a', threadId: 'b' } as never);`],
      [spec, `${uses}const provider = { provide: UserExecutionContext, useValue: { userId: 'a' } };`],
      [spec, `${uses}const made = plainToInstance(UserExecutionContext, { userId: 'a' });`],
      [spec, `${uses}const made = mock<UserExecutionContext>();`],
      [file, `/* eslint-disable */ ${uses}export const made = new UserExecutionContext(1);`],
    ],
    innocent: [
      [
        file,
        `${uses}export const open = (identity: never) => UserExecutionContext.fromRequest(identity, {});`,
      ],
      [
        file,
        `${uses}export const real = (value: unknown): UserExecutionContext => UserExecutionContext.verify(value);`,
      ],
      [file, `${given}context.createChild('step', { agentContext: { ...context.agentContext } });`],
      [file, `${given}({ userId: context.userId, threadId: context.threadId });`],
      [file, `${given}({ ...context.toJSON() });`],
      [file, `${given}context instanceof UserExecutionContext;`],
      [
        file,
        `${uses}export const provider = { provide: UserExecutionContext, useFactory: () => undefined };`,
      ],
      [file, `export const copy = (context: Record<string, string>) => ({ ...context });`],
      [file, `export const parsed = JSON.parse('{}') as { userContext: string };`],
      [file, `export const make = (): object => Object.create(null) as object;`],
      [
        spec,
        `import { aContext } from '@bulkhead/user-context/testing'; export const ada = aContext().build();`,
      ],
      [spec, `${uses}expect.any(UserExecutionContext);`],
    ],
  },
  'no-double-cast': {
    caught: [
      [file, 'export const made = {} as unknown as string;'],
      [spec, 'const made = {} as any as string;'],
      ['apps/gateway/src/planted.ts', 'export const made = <string>(<unknown>{});'],
      ['apps/gateway/src/planted.ts', 'export const made = {} as never as string;'],
    ],
    innocent: [
      ['libs/events/src/planted.ts', `export const parsed = JSON.parse('{}') as unknown;`],
      ['libs/events/src/planted.ts', `export const name = ('a' as string) as 'a';`],
    ],
  },
  'one-identity-mint': {
    caught: [
      [file, `import { claimIdentityMint } from '@bulkhead/user-context';`],
      ['libs/auth/src/planted.ts', `import { claimIdentityMint } from '@bulkhead/user-context';`],
      [
        'libs/auth/src/planted.spec.ts',
        `import { claimIdentityMint as mint } from '@bulkhead/user-context';`,
      ],
      [file, `import * as all from '@bulkhead/user-context'; all.claimIdentityMint();`],
      [file, `const { claimIdentityMint } = await import('@bulkhead/user-context');`],
      [file, `export { claimIdentityMint } from '@bulkhead/user-context';`],
      [file, `import * as all from '@bulkhead/user-context'; all['claimIdentityMint']();`],
    ],
    innocent: [
      ['libs/auth/src/identity-mint.ts', `import { claimIdentityMint } from '@bulkhead/user-context';`],
      [file, `import type { IdentityMint } from '@bulkhead/user-context';`],
    ],
  },
};
