import type { Corpora } from './corpus.ts';

const execution = 'libs/execution/src/planted.ts';
const gateway = 'apps/gateway/src/planted.ts';
const seven = 'a: string, b: string, c: string, d: string, e: string, f: string, g: string';

/** State that is everybody's, settings from anywhere, events to anyone. */
export const state: Corpora = {
  'no-global-managers': {
    caught: [
      [execution, 'let running = 0;'],
      [execution, 'export let running = 0;'],
      [execution, 'var running = 0;'],
      [execution, 'const runs = new Map();'],
      [execution, 'export const runs: Set<string> = new Set();'],
      [execution, 'const runs = [];'],
      [execution, 'const runs: Record<string, string> = {};'],
      [execution, 'const runs = Object.create(null);'],
      [execution, `export const names = ['a', 'b'];`],
      [execution, `const limits = { most: 5 }; export const raise = () => { limits.most = 6; };`],
      [execution, `const names = ['a']; export const add = (name: string) => names.push(name);`],
      [
        execution,
        'const limits = { most: 5 }; export const set = (more: object) => Object.assign(limits, more);',
      ],
      [execution, 'export const engines = new Engines();'],
      [execution, 'const engines = new Engines(); export { engines };'],
      [execution, 'class Runs { static count = 0; }'],
      [execution, 'class Runs { static readonly all = new Map(); }'],
      [execution, 'class Runs { static #instance?: Runs; }'],
      [execution, '(globalThis as any).runs = 1;'],
      ['libs/events/src/planted.ts', 'export function getSocketManager() {}'],
      [gateway, 'export const getManager = () => 1;'],
      [gateway, 'const find = () => 1; export { find as getEventManager };'],
      [gateway, 'export default function getInstance() {}'],
      ['tools/eslint-plugin/src/planted.ts', 'export class Runs { static getInstance() {} }'],
    ],
    innocent: [
      ['libs/errors/src/planted.ts', `export const names: ReadonlySet<string> = new Set(['a']);`],
      ['libs/errors/src/planted.ts', 'export const titles: ReadonlyMap<string, string> = new Map();'],
      ['libs/errors/src/planted.ts', 'export class Limits { static readonly most = 5; }'],
      [
        'libs/errors/src/planted.ts',
        `const known = ['a']; export const has = (it: string) => known.includes(it);`,
      ],
      ['libs/errors/src/planted.ts', 'const notes = new WeakMap<object, string>();'],
      ['libs/errors/src/planted.ts', `export const names = ['a', 'b'] as const;`],
      ['libs/errors/src/planted.ts', `export const limits = Object.freeze({ most: 5 });`],
      ['libs/errors/src/planted.ts', `export const names: readonly string[] = [];`],
      [
        'libs/errors/src/planted.ts',
        `export const key = Symbol('key'); export const form = new RegExp('a');`,
      ],
      ['libs/errors/src/planted.ts', 'export function count(): number { let n = 0; return ++n; }'],
      ['libs/errors/src/planted.ts', 'export class Runs { readonly #all = new Map(); getManagers() {} }'],
      ['libs/errors/src/planted.spec.ts', 'let test = 0;'],
      ['apps/chat/src/planted.ts', 'let line = 0;'],
    ],
  },
  'no-env-outside-config': {
    caught: [
      ['libs/auth/src/planted.ts', 'export const secret = process.env.SECRET;'],
      ['libs/auth/src/planted.spec.ts', `export const secret = process['env'].SECRET;`],
      [gateway, 'export const secret = globalThis.process.env.SECRET;'],
      [gateway, 'export const secret = process?.env?.SECRET;'],
      [gateway, `export const secret = (process as any)['e' + 'nv'].SECRET;`],
      [gateway, 'const { env } = process;'],
      [gateway, 'const p = process; export const secret = p.env.SECRET;'],
      [gateway, 'const { env: { SECRET } } = globalThis.process;'],
      [gateway, `export const env = Reflect.get(process, 'env');`],
      [gateway, 'export const all = { ...process };'],
      [gateway, `import { env } from 'node:process';`],
      [gateway, `import { env as settings } from 'process';`],
      [gateway, `import host from 'process';`],
      [gateway, `const { env } = await import('node:process');`],
      [gateway, `export const env = require('process').env;`],
      [gateway, `import 'dotenv/config';`],
      [gateway, 'process.loadEnvFile();'],
      [gateway, 'export const mode = import.meta.env.MODE;'],
    ],
    innocent: [
      ['apps/gateway/src/config/planted.ts', 'export const port = process.env.PORT;'],
      ['libs/errors/src/planted.ts', 'export const id = process.pid;'],
      ['libs/errors/src/planted.ts', 'export const env = (settings: { env: string }) => settings.env;'],
      ['libs/errors/src/planted.ts', `export const work = (process: { env: string }) => process.env;`],
      ['libs/errors/src/planted.ts', `import { hrtime } from 'node:process';`],
    ],
  },
  'single-emit': {
    caught: [
      [gateway, `export const send = (io) => io.to('room').emit('hello');`],
      [gateway, `class Gateway { send() { this.server.emit('hello'); } }`],
      [gateway, `class Gateway { #server; send() { this.#server.emit('hello'); } }`],
      [gateway, `class Gateway { send() { this.server['emit']('hello'); } }`],
      [gateway, `class Gateway { send() { this.server?.sockets.emit('hello'); } }`],
      [gateway, `export const send = (io) => io.of('/admin').emit('hello');`],
      [gateway, `export const send = (socket) => socket.nsp.emit('hello');`],
      [gateway, `export const send = (io) => { const room = io.to('a'); room.emit('hello'); };`, 2],
      [gateway, `export const send = (io) => { const { emit } = io; emit('hello'); };`],
      [
        gateway,
        `import type { Server } from 'socket.io'; export const send = (anything: Server) => anything.emit('hello');`,
      ],
      [gateway, `export const send = (io) => { const x = io; x.emit('hello'); };`],
      ['libs/events/src/planted.ts', `export const send = (socket) => socket.to('room').emit('hello');`],
      ['libs/events/src/planted.ts', `export const send = (socket) => socket.broadcast.emit('hello');`],
      [
        'libs/events/src/planted.ts',
        `export const send = (socket) => socket['broad' + 'cast'].emit('hello');`,
      ],
      ['libs/events/src/planted.ts', `export const send = ({ broadcast }) => broadcast.emit('hello');`],
      ['apps/gateway/src/planted.spec.ts', `export const join = (all) => all.socketsJoin('room');`],
      ['apps/gateway/src/delivery/planted.ts', `export const send = (io) => io.to('room').emit('hello');`],
    ],
    innocent: [
      [
        'apps/gateway/src/streaming/event-delivery.service.ts',
        `export const send = (io) => io.to('room').emit('hello');`,
      ],
      [gateway, `export const send = (socket) => socket.emit('hello');`],
      [gateway, `export const send = (socket) => socket.timeout(5).emit('hello');`],
      ['libs/execution/src/planted.ts', `export const range = (moment) => moment.to('tomorrow');`],
      ['libs/execution/src/planted.ts', 'export const tell = (emitter) => emitter.emit({ events: [] });'],
      ['libs/execution/src/planted.ts', `export const write = (stream) => stream.write('a');`],
    ],
  },
  'few-dependencies': {
    caught: [['libs/agents/src/planted.ts', `export class Busy { constructor(${seven}) {} }`]],
    innocent: [
      [
        'libs/tools/src/planted.ts',
        'export class Six { constructor(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) {} }',
      ],
    ],
  },
  'no-skipped-tests': {
    caught: [
      ['libs/agents/src/planted.spec.ts', `it.skip('works', () => undefined);`],
      ['e2e/src/planted.spec.ts', `describe.only('all', () => undefined);`],
      ['e2e/src/planted.spec.ts', `xit('works', () => undefined);`],
    ],
    innocent: [['libs/tools/src/planted.spec.ts', `it.each([1])('works', () => undefined);`]],
  },
};
