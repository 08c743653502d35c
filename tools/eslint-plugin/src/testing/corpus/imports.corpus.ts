import type { Corpora } from './corpus.ts';

const events = 'libs/events/src/planted.ts';
const spec = 'libs/events/src/planted.spec.ts';
const gateway = 'apps/gateway/src/planted.ts';

/** Imports past a door, or through a door that is for others. */
export const imports: Corpora = {
  'canonical-imports': {
    caught: [
      [events, `import { Identity } from '@bulkhead/user-context/src/identity.ts';`],
      [spec, `import { Identity } from '@bulkhead/user-context/identity';`],
      [events, `import type { Identity } from '@bulkhead/user-context/dist/identity.js';`],
      ['e2e/src/planted.spec.ts', `export * from '@bulkhead/client/dist/index.js';`],
      [gateway, `export { Identity } from '@bulkhead/user-context/testing/more';`],
      [gateway, `await import('@bulkhead/user-context/identity');`],
      [gateway, 'await import(`@bulkhead/user-context/identity`);'],
      [gateway, `await import('@bulkhead/' + 'user-context/identity');`],
      [gateway, `const { Identity } = require('@bulkhead/user-context/src/identity');`],
      [gateway, `import all = require('@bulkhead/user-context/src/identity');`],
      [gateway, `export type A = import('@bulkhead/user-context/src/identity.ts').Identity;`],
      [spec, `jest.unstable_mockModule('@bulkhead/user-context/src/identity.ts', () => ({}));`, 1],
      [gateway, `export const path = require.resolve('@bulkhead/user-context/package.json');`],
      [gateway, `export const path = import.meta.resolve('@bulkhead/user-context/src/index.ts');`],
      [events, `import { AppError } from '../../errors/src/app-error.ts';`],
      [events, `import { AppError } from '../../errors/src/index.ts';`],
      [events, `import { AppError } from 'libs/errors/src/app-error.ts';`],
      [events, `import { AppError } from '@bulkhead/user-context';`],
      [gateway, `export { AppError } from '@bulkhead/events';`],
      [gateway, `const { AppError } = await import('@bulkhead/events');`],
    ],
    innocent: [
      [events, `import { AppError } from '@bulkhead/errors';`],
      [events, `import { AppError as Failure } from '@bulkhead/errors';`],
      [events, `import * as errors from '@bulkhead/errors';`],
      [events, `import { AppError } from './own.errors.ts';`],
      [spec, `import { aContext } from '@bulkhead/user-context/testing';`],
      ['libs/events/src/deep/planted.ts', `import { helper } from '../../src/other.ts';`],
      [events, `import { something } from '@other/package/deep/path';`],
      [events, `import { NewAndNotYetRegistered } from '@bulkhead/errors';`],
    ],
  },
  'no-app-imports': {
    caught: [
      [events, `import { start } from '@bulkhead/gateway';`],
      ['e2e/src/planted.spec.ts', `await import('@bulkhead/gateway/testing');`, 1],
      [gateway, `export * from '@bulkhead/chat';`],
      [gateway, `require('@bulkhead/chat');`],
    ],
    innocent: [[gateway, `import { gateway } from './gateway.ts';`]],
  },
  'testing-door': {
    caught: [
      [events, `import { aContext } from '@bulkhead/user-context/testing';`],
      [gateway, `await import('@bulkhead/auth/testing');`],
      [gateway, `require('@bulkhead/auth/testing');`],
    ],
    innocent: [
      ['libs/execution/src/planted.spec.ts', `import { aContext } from '@bulkhead/user-context/testing';`],
      ['libs/auth/src/testing/planted.ts', `import { aContext } from '@bulkhead/user-context/testing';`],
    ],
  },
  'bridge-door': {
    caught: [
      [events, `import { toExecutionContext } from '@bulkhead/user-context/bridge';`],
      [spec, `export * from '@bulkhead/user-context/bridge';`],
    ],
    innocent: [[gateway, `import { toExecutionContext } from '@bulkhead/user-context/bridge';`]],
  },
  'no-own-index': {
    caught: [
      [events, `import { EventLog } from './index.ts';`],
      ['libs/events/src/deep/planted.ts', `import { EventLog } from '../index.ts';`],
      ['libs/events/src/very/deep/planted.ts', `export { EventLog } from '../../index.js';`],
      ['libs/events/src/deep/planted.ts', `import { EventLog } from '..';`],
      [gateway, `import { start } from '.';`],
    ],
    innocent: [
      ['libs/errors/src/planted.spec.ts', `import { AppError } from './index.ts';`],
      ['libs/errors/src/planted.spec.ts', `import { AppError } from '@bulkhead/errors';`],
      ['libs/persistence/src/planted.ts', `import { threads } from './schema/index.ts';`],
    ],
  },
  'wire-types-only': {
    caught: [
      ['libs/client/src/planted.ts', `import { ThreadEvent } from '@bulkhead/events';`],
      ['libs/client/src/planted.ts', `import { type ThreadEvent } from '@bulkhead/events';`],
      ['libs/client/src/planted.ts', `export { ThreadEvent } from '@bulkhead/events';`],
      ['libs/client/src/planted.ts', `export * from '@bulkhead/events';`],
      ['libs/client/src/planted.ts', `await import('@bulkhead/events');`],
    ],
    innocent: [['libs/client/src/planted.ts', `import type { ThreadEvent } from '@bulkhead/events';`]],
  },
  'no-http-exceptions': {
    caught: [
      ['libs/auth/src/planted.ts', `import { Injectable, ForbiddenException } from '@nestjs/common';`],
      [events, `import { WsException as Failure } from '@nestjs/websockets';`],
    ],
    innocent: [[gateway, `import { HttpException } from '@nestjs/common';`]],
  },
  'no-module-mocks': {
    caught: [
      [spec, `jest.unstable_mockModule('./event-log.service.ts', () => ({}));`],
      ['e2e/src/planted.spec.ts', `jest.mock('@bulkhead/user-context');`],
    ],
    innocent: [['libs/auth/src/planted.spec.ts', `jest.unstable_mockModule('@node-rs/argon2', () => ({}));`]],
  },
};
