import { createProjectFileMapUsingProjectGraph, createProjectGraphAsync } from '@nx/devkit';
import { defineConfig, globalIgnores } from 'eslint/config';
import { boundaryConfigs } from './tools/eslint-plugin/src/boundaries.ts';
import { coreConfigs } from './tools/eslint-plugin/src/core.ts';
import { assertEveryProjectIsTagged, assertOneConfig } from './tools/eslint-plugin/src/loopholes.ts';
import { assertNothingIsSwitchedOff } from './tools/eslint-plugin/src/guard.ts';
import { bulkheadConfigs } from './tools/eslint-plugin/src/plugin.ts';
import { typescriptConfigs } from './tools/eslint-plugin/src/typescript.ts';

// The boundary rule reads the project graph from nx's cache, and checks nothing when there is none.
process.env['NX_DAEMON'] = 'false';
const graph = await createProjectGraphAsync({ exitOnError: false });
assertEveryProjectIsTagged(Object.values(graph.nodes));
const files = Object.values(await createProjectFileMapUsingProjectGraph(graph)).flat();
assertOneConfig(files.map(({ file }) => file));

const configs = defineConfig(
  globalIgnores([
    '**/dist/',
    '**/.build-*/',
    '**/node_modules/',
    '.nx/',
    '.data/',
    '.evidence/',
    '.compliance/',
    '**/coverage/',
  ]),
  coreConfigs,
  typescriptConfigs(import.meta.dirname),
  boundaryConfigs,
  bulkheadConfigs,
);
assertNothingIsSwitchedOff(configs);

export default configs;
