import { Linter, RuleTester, type Rule } from 'eslint';
import tseslint from 'typescript-eslint';
import { bulkheadRules } from './plugin.ts';
import { ImportRegistry } from './registry.ts';
import type { BulkheadRule } from './rule.ts';
import { canonicalImportsOf } from './rules/canonical-imports.ts';
import { corpora } from './testing/corpus/index.ts';

const languageOptions = { parser: tseslint.parser as Linter.Parser };
const tester = new RuleTester({ languageOptions });
const asEslint = (rule: object): Rule.RuleModule => rule as Rule.RuleModule;

/** Whether a rule holds at a path: what is innocent only by its place, the rule itself knows nothing of. */
function holdsAt({ files = ['**'], except = [] }: BulkheadRule, path: string): boolean {
  const rule: Rule.RuleModule = {
    create: (context) => ({ Program: (node) => context.report({ node, message: 'here' }) }),
  };
  const where = { files: [...files], ignores: [...except], rules: { 'probe/probe': 'error' as const } };
  return (
    new Linter().verify(
      '',
      [{ files: ['**'] }, { plugins: { probe: { rules: { probe: rule } } } }, where],
      path,
    ).length > 0
  );
}

for (const it of bulkheadRules.filter(({ name }) => name !== 'canonical-imports')) {
  const { caught, innocent } = corpora[it.name]!;
  tester.run(it.name, asEslint(it.rule), {
    valid: [
      { code: 'export const nothing = 1;', filename: 'libs/events/src/planted.ts' },
      ...innocent.filter(([path]) => holdsAt(it, path)).map(([filename, code]) => ({ filename, code })),
    ],
    // A comment would switch a rule off here; the configuration of the repository does not let it.
    invalid: caught
      .filter(([, code]) => !code.includes('eslint-disable'))
      .map(([filename, code, errors = 1]) => ({ filename, code, errors })),
  });
}

const registry = new ImportRegistry([
  { name: 'AppError', from: '@bulkhead/errors' },
  { name: 'NotFound', from: '@bulkhead/errors' },
  { name: 'Page', from: '@bulkhead/events' },
  { name: 'Page', from: '@bulkhead/client' },
  { name: 'aContext', from: '@bulkhead/user-context/testing' },
]);
const filename = 'libs/auth/src/planted.ts';
const moved = (before: string, after: string | null, errors = 1) => ({
  filename,
  errors,
  code: before,
  output: after,
});

tester.run('canonical-imports, with its fix', asEslint(canonicalImportsOf(registry)), {
  valid: [
    { filename, code: `import { AppError } from '@bulkhead/errors';` },
    {
      filename,
      code: `import { Page } from '@bulkhead/events'; import type { Page as ClientPage } from '@bulkhead/client';`,
    },
    { filename, code: `import { Unknown } from '@bulkhead/errors';` },
  ],
  invalid: [
    moved(
      `import { AppError } from '@bulkhead/errors/src/app-error.ts';`,
      `import { AppError } from '@bulkhead/errors';`,
    ),
    moved(
      `import type { AppError as E } from '@bulkhead/errors/dist/index.js';`,
      `import type { AppError as E } from '@bulkhead/errors';`,
    ),
    moved(
      `import { AppError, NotFound } from '../../errors/src/index.ts';`,
      `import { AppError, NotFound } from '@bulkhead/errors';`,
    ),
    moved(
      `export { AppError } from 'libs/errors/src/app-error.ts';`,
      `export { AppError } from '@bulkhead/errors';`,
    ),
    moved(
      `const { AppError } = await import('@bulkhead/errors/src/app-error.ts');`,
      `const { AppError } = await import('@bulkhead/errors');`,
    ),
    moved(
      `const { AppError } = require('../../errors/src/app-error.ts');`,
      `const { AppError } = require('@bulkhead/errors');`,
    ),
    moved(
      `export type E = import('@bulkhead/errors/src/app-error.ts').AppError;`,
      `export type E = import('@bulkhead/errors').AppError;`,
    ),
    moved(
      `import { aContext } from '@bulkhead/user-context/src/testing/index.ts';`,
      `import { aContext } from '@bulkhead/user-context/testing';`,
    ),
    moved(`import { Page } from '@bulkhead/events/src/page.ts';`, `import { Page } from '@bulkhead/events';`),
    moved(`import { AppError } from '@bulkhead/events';`, `import { AppError } from '@bulkhead/errors';`),
    // No fix where there is more than one answer, or none.
    moved(`import { AppError, Page } from '@bulkhead/errors/src/all.ts';`, null),
    moved(`import { Page } from '../../page/src/page.ts';`, null),
    moved(`import { secret } from '@bulkhead/errors/src/secret.ts';`, null),
    moved(`export * from '@bulkhead/errors/src/app-error.ts';`, null),
  ],
});
