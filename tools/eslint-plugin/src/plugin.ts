import type { ESLint, Linter, Rule } from 'eslint';
import type { BulkheadRule } from './rule.ts';
import { bridgeDoor } from './rules/bridge-door.ts';
import { canonicalImports } from './rules/canonical-imports.ts';
import { fewDependencies } from './rules/few-dependencies.ts';
import { noAppImports } from './rules/no-app-imports.ts';
import { noAuthBypass } from './rules/no-auth-bypass.ts';
import { noContextConstruction } from './rules/no-context-construction.ts';
import { noContextRedefinition } from './rules/no-context-redefinition.ts';
import { noDoubleCast } from './rules/no-double-cast.ts';
import { noEnvOutsideConfig } from './rules/no-env-outside-config.ts';
import { noGlobalManagers } from './rules/no-global-managers.ts';
import { noHttpExceptions } from './rules/no-http-exceptions.ts';
import { noModuleMocks } from './rules/no-module-mocks.ts';
import { noOwnIndex } from './rules/no-own-index.ts';
import { noRequestScopeEntryPoint } from './rules/no-request-scope-entry-point.ts';
import { noSkippedTests } from './rules/no-skipped-tests.ts';
import { noTokenParsingOutsideAuth } from './rules/no-token-parsing-outside-auth.ts';
import { oneIdentityMint } from './rules/one-identity-mint.ts';
import { singleEmit } from './rules/single-emit.ts';
import { singleEngine } from './rules/single-engine.ts';
import { testingDoor } from './rules/testing-door.ts';
import { wireTypesOnly } from './rules/wire-types-only.ts';

/** Every rule of this repository's own. */
export const bulkheadRules: readonly BulkheadRule[] = [
  noContextRedefinition,
  noContextConstruction,
  canonicalImports,
  singleEmit,
  noGlobalManagers,
  noEnvOutsideConfig,
  noTokenParsingOutsideAuth,
  noAuthBypass,
  noRequestScopeEntryPoint,
  singleEngine,
  noDoubleCast,
  oneIdentityMint,
  noAppImports,
  testingDoor,
  bridgeDoor,
  noOwnIndex,
  wireTypesOnly,
  noHttpExceptions,
  noModuleMocks,
  fewDependencies,
  noSkippedTests,
];

const everyModule = ['**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}'];
const plugin: ESLint.Plugin = {
  meta: { name: 'bulkhead' },
  rules: Object.fromEntries(
    // typescript-eslint and ESLint describe the same rules by types of their own.
    bulkheadRules.map(({ name, rule }) => [name, rule as object as Rule.RuleModule]),
  ),
};

/** The plugin, and one configuration per rule: where it holds is its own, no option of another can change it. */
export const bulkheadConfigs: Linter.Config[] = [
  { name: 'bulkhead', plugins: { bulkhead: plugin } },
  ...bulkheadRules.map(({ name, files = everyModule, except = [] }) => ({
    name: `bulkhead/${name}`,
    files: [...files],
    ignores: [...except],
    rules: { [`bulkhead/${name}`]: 'error' as const },
  })),
];
