import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { contextBans } from './context-bans.ts';
import { importBans } from './import-bans.ts';
import { configsOf } from './selector-rule.ts';
import { stateBans } from './state-bans.ts';
import { plantedContextViolations } from './testing/planted-context-violations.ts';
import { plantedImportViolations } from './testing/planted-import-violations.ts';
import { plantedStateViolations } from './testing/planted-state-violations.ts';
import { plantedViolations } from './testing/repository-linter.ts';

const bans = [...contextBans, ...importBans, ...stateBans];
const plants = { ...plantedContextViolations, ...plantedImportViolations, ...plantedStateViolations };
const planted = Object.entries(plants).flatMap(([ban, files]) =>
  files.map(([path, text]) => ({ ban, path, text })),
);

describe('The source of truth', () => {
  it.each(planted)('is guarded by $ban in $path: $text', async ({ ban, path, text }) => {
    expect(await plantedViolations(path, text)).toContain(`bulkhead/${ban}`);
  });

  it('is guarded by bans that each have violations planted', () => {
    expect(Object.keys(plants).sort()).toEqual(bans.map(({ name }) => name).sort());
  });

  it.each(bans.flatMap(({ name, selectors }) => selectors.map((selector) => ({ name, selector }))))(
    'needs each selector of $name: $selector',
    ({ name, selector }) => {
      const linter = new Linter();
      const config = [
        { files: ['**'], languageOptions: { parser: tseslint.parser as Linter.Parser } },
        ...configsOf([{ name, selectors: [selector], message: 'caught' }]),
      ];
      const caught = plants[name]!.filter(([path, text]) =>
        linter.verify(text, config, path).some(({ ruleId }) => ruleId === `bulkhead/${name}`),
      );
      expect(caught).not.toEqual([]);
    },
  );
});

describe('A look-alike of a violation', () => {
  it.each([
    [
      'the context, imported and used',
      'libs/execution/src/planted.ts',
      `import { UserExecutionContext } from '@bulkhead/user-context';
       export const open = (identity: never) => UserExecutionContext.fromRequest(identity, {});
       export const real = (value: unknown): UserExecutionContext => UserExecutionContext.verify(value);`,
    ],
    [
      'a provider for the context',
      'apps/gateway/src/planted.ts',
      `import { UserExecutionContext } from '@bulkhead/user-context';
       export const provider = { provide: UserExecutionContext, useFactory: () => undefined };`,
    ],
    ['another name', 'libs/execution/src/planted.ts', 'export class UserExecutionContextReport {}'],
    [
      'an event with ids but no user',
      'libs/events/src/planted.ts',
      'export interface Envelope { threadId: string; runId: string; requestId: string }',
    ],
    ['a plain cast', 'libs/events/src/planted.ts', `export const parsed = JSON.parse('{}') as unknown;`],
    [
      'the mint in auth',
      'libs/auth/src/identity-mint.ts',
      `import { claimIdentityMint } from '@bulkhead/user-context';`,
    ],
    [
      'the bridge at the edge',
      'apps/gateway/src/planted.ts',
      `import { toExecutionContext } from '@bulkhead/user-context/bridge';`,
    ],
    [
      'a builder in a spec',
      'libs/execution/src/planted.spec.ts',
      `import { aContext } from '@bulkhead/user-context/testing';`,
    ],
    [
      'a builder in a builder',
      'libs/auth/src/testing/planted.ts',
      `import { aContext } from '@bulkhead/user-context/testing';`,
    ],
    [
      'the own package in a spec',
      'libs/errors/src/planted.spec.ts',
      `import { AppError } from '@bulkhead/errors';`,
    ],
    ['the own index in a spec', 'libs/errors/src/planted.spec.ts', `import { AppError } from './index.ts';`],
    [
      'the index of a folder',
      'libs/persistence/src/planted.ts',
      `import { threads } from './schema/index.ts';`,
    ],
    [
      'wire types in the client',
      'libs/client/src/planted.ts',
      `import type { ThreadEvent } from '@bulkhead/events';`,
    ],
    [
      'read-only tables',
      'libs/errors/src/planted.ts',
      `export const names: ReadonlySet<string> = new Set(['a']);
       export const titles: ReadonlyMap<string, string> = new Map();
       export class Limits { static readonly most = 5; }
       const known = ['a']; const notes = new WeakMap<object, string>();`,
    ],
    [
      'state within a function',
      'libs/errors/src/planted.ts',
      'export function count(): number { let n = 0; return ++n; }',
    ],
    [
      'an exception filter in the gateway',
      'apps/gateway/src/planted.ts',
      `import { HttpException } from '@nestjs/common';`,
    ],
    [
      'the environment in config',
      'apps/gateway/src/config/planted.ts',
      'export const port = process.env.PORT;',
    ],
    ['another property of the process', 'libs/errors/src/planted.ts', 'export const id = process.pid;'],
    [
      'delivery',
      'apps/gateway/src/delivery/planted.ts',
      `export const send = (io) => io.to('room').emit('hello');`,
    ],
    [
      'an answer on one connection',
      'apps/gateway/src/planted.ts',
      `export const send = (socket) => socket.emit('hello');`,
    ],
    [
      'a range query',
      'libs/execution/src/planted.ts',
      `export const range = (moment) => moment.to('tomorrow');`,
    ],
    ['the engine in execution', 'libs/execution/src/planted.ts', 'export class UserExecutionEngine {}'],
    [
      'six dependencies',
      'libs/tools/src/planted.ts',
      'export class Six { constructor(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) {} }',
    ],
    ['a test table', 'libs/tools/src/planted.spec.ts', `it.each([1])('works', () => undefined);`],
  ])('is left alone: %s', async (_what, path, text) => {
    const ours = (await plantedViolations(path, text)).filter((rule) => /^(bulkhead|@nx)\//.test(rule));
    expect(ours).toEqual([]);
  });
});
