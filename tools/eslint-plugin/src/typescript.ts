import type { Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.{ts,mts,cts,tsx}'];
const specs = ['**/*.spec.ts'];

/** What the compiler's knowledge of types makes it possible to forbid. */
const typeAware: Linter.RulesRecord = {
  '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { allowDefaultCaseForExhaustiveSwitch: false, considerDefaultExhaustiveForUnions: true },
  ],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/consistent-type-exports': ['error', { fixMixedExportsWithInlineTypeSpecifier: true }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
  ],
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/require-array-sort-compare': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  '@typescript-eslint/no-deprecated': 'error',
  // An async function without await is how a throw becomes the rejection that an interface promises.
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'error',
};

const noComments = { 'ts-ignore': true, 'ts-nocheck': true, 'ts-check': true } as const;

/** Typed rules for TypeScript; a file that no project of `tsconfig.json` includes is an error. */
export function typescriptConfigs(root: string): Linter.Config[] {
  return [
    ...(tseslint.configs.recommendedTypeChecked as Linter.Config[]).map((config) => ({
      ...config,
      files: typescript,
    })),
    {
      name: 'types',
      files: typescript,
      languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: root } },
      rules: {
        ...typeAware,
        '@typescript-eslint/ban-ts-comment': ['error', { ...noComments, 'ts-expect-error': true }],
      },
    },
    {
      name: 'types/specs',
      files: specs,
      rules: {
        // Jest's asymmetric matchers are typed any.
        '@typescript-eslint/no-unsafe-argument': 'off',
        '@typescript-eslint/no-unsafe-assignment': 'off',
        '@typescript-eslint/ban-ts-comment': [
          'error',
          { ...noComments, 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 10 },
        ],
      },
    },
  ];
}
