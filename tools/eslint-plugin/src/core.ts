import type { Linter } from 'eslint';

// What ESLint itself recommends, by name: its list is in a package of its own, which a list does not need.
const recommended = [
  ...[
    'constructor-super',
    'for-direction',
    'getter-return',
    'no-async-promise-executor',
    'no-case-declarations',
  ],
  ...[
    'no-class-assign',
    'no-compare-neg-zero',
    'no-cond-assign',
    'no-const-assign',
    'no-constant-binary-expression',
  ],
  ...['no-constant-condition', 'no-control-regex', 'no-debugger', 'no-delete-var', 'no-dupe-args'],
  ...['no-dupe-class-members', 'no-dupe-else-if', 'no-dupe-keys', 'no-duplicate-case', 'no-empty'],
  ...[
    'no-empty-character-class',
    'no-empty-pattern',
    'no-empty-static-block',
    'no-ex-assign',
    'no-fallthrough',
  ],
  ...['no-extra-boolean-cast', 'no-func-assign', 'no-global-assign', 'no-import-assign', 'no-invalid-regexp'],
  ...['no-irregular-whitespace', 'no-loss-of-precision', 'no-misleading-character-class', 'no-obj-calls'],
  ...['no-new-native-nonconstructor', 'no-nonoctal-decimal-escape', 'no-octal', 'no-prototype-builtins'],
  ...['no-redeclare', 'no-regex-spaces', 'no-self-assign', 'no-setter-return', 'no-shadow-restricted-names'],
  ...[
    'no-sparse-arrays',
    'no-this-before-super',
    'no-unassigned-vars',
    'no-undef',
    'no-unexpected-multiline',
  ],
  ...['no-unreachable', 'no-unsafe-finally', 'no-unsafe-negation', 'no-unsafe-optional-chaining'],
  ...['no-unused-labels', 'no-unused-private-class-members', 'no-unused-vars', 'no-useless-assignment'],
  ...[
    'no-useless-backreference',
    'no-useless-catch',
    'no-useless-escape',
    'no-with',
    'preserve-caught-error',
  ],
  ...['require-yield', 'use-isnan', 'valid-typeof'],
];
const own: Linter.RulesRecord = {
  eqeqeq: 'error',
  'object-shorthand': 'error',
  'no-param-reassign': 'error',
  'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
};
const nodeGlobals = [
  ...['process', 'console', 'Buffer', 'URL', 'fetch', 'performance', 'structuredClone', 'AbortController'],
  ...['AbortSignal', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'],
];

/** Rules that need no types, for every file. The typed configurations come after and refine them. */
export const coreConfigs: Linter.Config[] = [
  // Nothing is switched off where it is broken: an exception is a row in this project, seen in review.
  { name: 'strict', linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    name: 'core',
    rules: { ...Object.fromEntries(recommended.map((rule) => [rule, 'error'])), ...own },
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
  },
  { name: 'core/specs', files: ['**/*.spec.ts'], rules: { 'max-lines': 'off' } },
  { name: 'core/server', files: ['libs/**', 'apps/gateway/**'], rules: { 'no-console': 'error' } },
];
