import type { Plants } from './plants.ts';

/** At least one violation for each selector of each ban about imports. */
export const plantedImportViolations: Plants = {
  'no-deep-imports': [
    ['libs/events/src/planted.ts', `import { Identity } from '@bulkhead/user-context/src/identity.ts';`],
    ['libs/events/src/planted.spec.ts', `import { Identity } from '@bulkhead/user-context/identity';`],
    ['e2e/src/planted.spec.ts', `export * from '@bulkhead/client/dist/index.js';`],
    ['apps/gateway/src/planted.ts', `export { Identity } from '@bulkhead/user-context/testing/more';`],
    ['apps/gateway/src/planted.ts', `await import('@bulkhead/user-context/identity');`],
  ],
  'no-app-imports': [
    ['libs/events/src/planted.ts', `import { start } from '@bulkhead/gateway';`],
    ['e2e/src/planted.spec.ts', `await import('@bulkhead/gateway/testing');`],
    ['apps/gateway/src/planted.ts', `export * from '@bulkhead/chat';`],
  ],
  'testing-door': [
    ['libs/events/src/planted.ts', `import { aContext } from '@bulkhead/user-context/testing';`],
    ['apps/gateway/src/planted.ts', `await import('@bulkhead/auth/testing');`],
  ],
  'bridge-door': [
    ['libs/events/src/planted.ts', `import { toExecutionContext } from '@bulkhead/user-context/bridge';`],
    ['libs/events/src/planted.spec.ts', `export * from '@bulkhead/user-context/bridge';`],
  ],
  'no-own-index': [
    ['libs/events/src/planted.ts', `import { EventLog } from './index.ts';`],
    ['libs/events/src/deep/planted.ts', `import { EventLog } from '../index.ts';`],
    ['libs/events/src/very/deep/planted.ts', `export { EventLog } from '../../index.js';`],
    ['libs/events/src/deep/planted.ts', `import { EventLog } from '..';`],
    ['apps/gateway/src/planted.ts', `import { start } from '.';`],
  ],
  'wire-types-only': [
    ['libs/client/src/planted.ts', `import { ThreadEvent } from '@bulkhead/events';`],
    ['libs/client/src/planted.ts', `import { type ThreadEvent } from '@bulkhead/events';`],
    ['libs/client/src/planted.ts', `export { ThreadEvent } from '@bulkhead/events';`],
    ['libs/client/src/planted.ts', `export * from '@bulkhead/events';`],
    ['libs/client/src/planted.ts', `await import('@bulkhead/events');`],
  ],
  'no-http-exceptions': [
    ['libs/auth/src/planted.ts', `import { Injectable, ForbiddenException } from '@nestjs/common';`],
    ['libs/events/src/planted.ts', `import { WsException as Failure } from '@nestjs/websockets';`],
  ],
  'tokens-in-auth': [
    ['apps/gateway/src/planted.ts', `import { jwtVerify } from 'jose';`],
    ['libs/execution/src/planted.ts', `import { decode } from 'jsonwebtoken';`],
    ['libs/persistence/src/planted.ts', `await import('@node-rs/argon2');`],
  ],
  'no-module-mocks': [
    ['libs/events/src/planted.spec.ts', `jest.unstable_mockModule('./event-log.service.ts', () => ({}));`],
    ['e2e/src/planted.spec.ts', `jest.mock('@bulkhead/user-context');`],
  ],
};
