import type { Linter, Rule } from 'eslint';

/** A rule that forbids pieces of syntax in a part of the repository. */
export interface Ban {
  /** Becomes the rule's id, `bulkhead/<name>`. */
  readonly name: string;
  /** What is forbidden, as esquery selectors. */
  readonly selectors: readonly string[];
  /** What to do instead, and why. */
  readonly message: string;
  /** Where it is forbidden, as globs from the repository root; everywhere when absent. */
  readonly files?: readonly string[];
  /** Where it is allowed all the same. */
  readonly except?: readonly string[];
}

const everyModule = ['**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}'];

/**
 * The plugin and one configuration per ban. Each ban is a rule of its own, because ESLint replaces, not merges,
 * the options of a rule such as `no-restricted-syntax` where several configurations match a file.
 */
export function configsOf(bans: readonly Ban[]): Linter.Config[] {
  const rules = Object.fromEntries(bans.map((ban) => [ban.name, ruleOf(ban)]));
  return [
    { name: 'bulkhead', plugins: { bulkhead: { rules } } },
    ...bans.map((ban) => ({
      name: `bulkhead/${ban.name}`,
      files: [...(ban.files ?? everyModule)],
      ignores: [...(ban.except ?? [])],
      rules: { [`bulkhead/${ban.name}`]: 'error' as const },
    })),
  ];
}

function ruleOf({ selectors, message }: Ban): Rule.RuleModule {
  return {
    meta: { type: 'problem', messages: { banned: message }, schema: [] },
    create: (context) => ({
      [selectors.join(', ')]: (node: Rule.Node) => context.report({ node, messageId: 'banned' }),
    }),
  };
}

/** Every way to import from, or re-export, a module whose name matches `source` (a regular expression, or text in quotes). */
export const importsOf = (source: string, more = ''): string =>
  `:matches(ImportDeclaration, ImportExpression, ExportAllDeclaration, ExportNamedDeclaration)[source.value=${source}]${more}`;
