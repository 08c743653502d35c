import { register } from 'node:module';

// nx requires a generator's file, compiled: this one is JavaScript without a top-level await, which require() takes,
// and the sources are compiled as they load.
register('../workspace/swc-load.mjs', import.meta.url);

const generator =
  (name) =>
  async (...args) =>
    (await import('./src/generators.ts'))[name](...args);

export const lib = generator('lib');
export const agent = generator('agent');
export const tool = generator('tool');
export const restResource = generator('restResource');
export const undo = generator('undo');
