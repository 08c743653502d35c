import nx from '@nx/eslint-plugin';
import type { ESLint, Linter } from 'eslint';

/** Which layers a layer may import. */
const layers: Readonly<Record<string, readonly string[]>> = {
  app: ['feature', 'core', 'kernel', 'client'],
  feature: ['feature', 'core', 'kernel'],
  core: ['core', 'kernel'],
  kernel: ['kernel'],
  client: ['client', 'core', 'kernel'],
  workspace: ['client', 'workspace'],
};

/** Which projects a project may import. A new project needs a row here before anything of it passes lint. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  telemetry: [],
  'user-context': ['errors'],
  persistence: ['user-context', 'errors'],
  events: ['persistence', 'user-context', 'errors'],
  sandbox: ['persistence', 'errors'],
  audit: ['persistence', 'user-context', 'errors'],
  auth: ['audit', 'persistence', 'user-context', 'errors'],
  models: ['user-context', 'errors'],
  tools: ['audit', 'sandbox', 'events', 'persistence', 'user-context', 'errors'],
  mcp: ['tools', 'events', 'user-context', 'errors'],
  tables: ['tools', 'events', 'persistence', 'user-context', 'errors'],
  execution: [
    'flags',
    'audit',
    'tools',
    'models',
    'events',
    'persistence',
    'user-context',
    'auth',
    'telemetry',
    'errors',
  ],
  agents: ['execution', 'mcp', 'tables', 'tools', 'models', 'errors'],
  flags: ['audit', 'persistence', 'user-context', 'errors'],
  gateway: [
    // One a line: the server composes every lib.
    'audit',
    'agents',
    'flags',
    'execution',
    'mcp',
    'tables',
    'tools',
    'models',
    'auth',
    'events',
    'persistence',
    'user-context',
    'telemetry',
    'errors',
  ],
  client: ['events', 'errors'],
  chat: ['client'],
  e2e: ['client'],
  benchmark: ['client'],
  'eslint-plugin': [],
  ssot: ['eslint-plugin'],
  'workspace-plugin': [],
};

const constraintsOf = (
  dimension: 'layer' | 'scope',
  edges: Readonly<Record<string, readonly string[]>>,
): { sourceTag: string; onlyDependOnLibsWithTags: string[] }[] =>
  Object.entries(edges).map(([source, targets]) => ({
    sourceTag: `${dimension}:${source}`,
    onlyDependOnLibsWithTags: targets.map((target) => `${dimension}:${target}`),
  }));

/** Both tables as nx wants them. */
export const depConstraints = [...constraintsOf('layer', layers), ...constraintsOf('scope', scopes)];
// nx types its rules by an older generation of ESLint's types.
const { rules }: { rules: object } = nx;
const plugin = { rules } as ESLint.Plugin;
const boundaryConfig = (name: string, files: string[], more: object): Linter.Config => ({
  name,
  files,
  plugins: { '@nx': plugin },
  rules: { '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints, ...more }] },
});

/** An import must satisfy the row of its layer and the row of its scope. */
export const boundaryConfigs: Linter.Config[] = [
  boundaryConfig('boundaries', ['{apps,libs,tools,e2e}/**'], {}),
  // A spec may go through the door of its own package, as a user of it would.
  boundaryConfig('boundaries/specs', ['**/*.spec.ts'], { allowCircularSelfDependency: true }),
];
