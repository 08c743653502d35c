import type { Plants } from './plants.ts';

const seven = 'a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7';

/** At least one violation for each selector of each ban about state, settings and sending. */
export const plantedStateViolations: Plants = {
  'no-module-state': [
    ['libs/execution/src/planted.ts', 'let running = 0;'],
    ['libs/execution/src/planted.ts', 'export let running = 0;'],
    ['libs/execution/src/planted.ts', 'var running = 0;'],
    ['libs/execution/src/planted.ts', 'const runs = new Map();'],
    ['libs/execution/src/planted.ts', 'export const runs: Set<string> = new Set();'],
    ['libs/execution/src/planted.ts', 'const runs = [];'],
    ['libs/execution/src/planted.ts', 'const runs: Record<string, string> = {};'],
    ['libs/execution/src/planted.ts', 'class Runs { static count = 0; }'],
  ],
  'no-singletons': [
    ['libs/events/src/planted.ts', 'export function getSocketManager() {}'],
    ['apps/gateway/src/planted.ts', 'export const getManager = () => 1;'],
    ['apps/gateway/src/planted.ts', 'const find = () => 1; export { find as getEventManager };'],
    ['tools/eslint-plugin/src/planted.ts', 'export class Runs { static getInstance() {} }'],
  ],
  'env-in-config': [
    ['libs/auth/src/planted.ts', `export const secret = process.env.SECRET;`],
    ['libs/auth/src/planted.spec.ts', `export const secret = process['env'].SECRET;`],
    ['apps/gateway/src/planted.ts', `export const secret = globalThis.process.env.SECRET;`],
    ['apps/gateway/src/planted.ts', `const { env } = process;`],
    ['apps/gateway/src/planted.ts', `import { env } from 'node:process';`],
    ['apps/gateway/src/planted.ts', `import host from 'process';`],
  ],
  'one-emit-place': [
    ['apps/gateway/src/planted.ts', `export const send = (io) => io.to('room').emit('hello');`],
    ['apps/gateway/src/planted.ts', `class Gateway { send() { this.server.emit('hello'); } }`],
    ['apps/gateway/src/planted.ts', `class Gateway { #server; send() { this.#server.emit('hello'); } }`],
    ['libs/events/src/planted.ts', `export const send = (socket) => socket.to('room').emit('hello');`],
    ['libs/events/src/planted.ts', `export const send = (socket) => socket.broadcast.emit('hello');`],
    ['apps/gateway/src/planted.spec.ts', `export const join = (all) => all.socketsJoin('room');`],
  ],
  'engine-in-execution': [
    ['libs/agents/src/planted.ts', 'export class ParallelExecutionEngine {}'],
    ['apps/gateway/src/planted.ts', 'export const make = () => class UserExecutionEngine {};'],
  ],
  'few-dependencies': [
    [
      'libs/agents/src/planted.ts',
      `export class Busy { constructor(${seven.replaceAll(/: \d/g, ': string')}) {} }`,
    ],
  ],
  'no-skipped-tests': [
    ['libs/agents/src/planted.spec.ts', `it.skip('works', () => undefined);`],
    ['e2e/src/planted.spec.ts', `describe.only('all', () => undefined);`],
    ['e2e/src/planted.spec.ts', `xit('works', () => undefined);`],
  ],
};
