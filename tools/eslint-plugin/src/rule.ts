import type { TSESLint, TSESTree } from '@typescript-eslint/utils';

/** One rule, `bulkhead/<name>`, and the part of the repository that it holds in. */
export interface BulkheadRule {
  readonly name: string;
  readonly rule: RuleModule;
  /** Where it holds, as globs from the repository root; everywhere when absent. */
  readonly files?: readonly string[];
  /** Where it does not hold all the same. An exception is a line here, seen in review. */
  readonly except?: readonly string[];
}

export type RuleModule = TSESLint.RuleModule<string, readonly unknown[]>;
export type RuleContext = Readonly<TSESLint.RuleContext<string, readonly unknown[]>>;
export type Node = TSESTree.Node;

/** A rule that forbids pieces of syntax. */
export interface Ban extends Omit<BulkheadRule, 'rule'> {
  /** What is forbidden, as esquery selectors. */
  readonly selectors: readonly string[];
  /** What to do instead, and why. */
  readonly message: string;
}

/** What a rule looks at, with a way to say that it found something. */
export type Visit = (report: (node: Node) => void, context: RuleContext) => TSESLint.RuleListener;

/** A rule with one message. A node is reported once, however many disguises of it are recognised. */
export function defineRule(name: string, message: string, visit: Visit): RuleModule {
  return {
    meta: {
      type: 'problem',
      docs: { description: message, url: `tools/eslint-plugin/docs/${name}.md` },
      messages: { banned: message },
      schema: [],
    },
    create: (context) => {
      const reported = new Set<Node>();
      const report = (node: Node): void => {
        if (reported.has(node)) return;
        reported.add(node);
        context.report({ node, messageId: 'banned' });
      };
      return visit(report, context);
    },
  };
}

/** The rule of a ban: one visit for all its selectors. */
export function selectorRule({ name, selectors, message, ...where }: Ban): BulkheadRule {
  const rule = defineRule(name, message, (report) => ({ [selectors.join(', ')]: report }));
  return { name, rule, ...where };
}

/** Every way to import from, or re-export, a module whose name matches `source` (a regular expression, or text in quotes). */
export const importsOf = (source: string, more = ''): string =>
  `:matches(ImportDeclaration, ImportExpression, ExportAllDeclaration, ExportNamedDeclaration)[source.value=${source}]${more}`;
