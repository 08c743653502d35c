import { register } from 'node:module';

// nx loads a generator by import or require, and neither compiles TypeScript on Node 20.
register('../workspace/swc-load.mjs', import.meta.url);
export const { lib, agent, tool, restResource, undo } = await import('./src/generators.ts');
