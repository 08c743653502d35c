import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import { lastName } from '../ast/names.ts';
import { defineRule, type BulkheadRule, type Node } from '../rule.ts';

const name = 'single-engine';
const message =
  'There is one execution engine and one factory for it, in libs/execution, and one event router, in libs/events. ' +
  'Extend what they take, not what they are.';
const family = /(ExecutionEngine|EngineFactory|EventRouter)(V?\d+|Impl|Base|New|Legacy|Proxy|Wrapper)?$/i;
/** The one file of each, and the one name that it may declare. */
const homes: Readonly<Record<string, string>> = {
  UserExecutionEngine: 'libs/execution/src/engine/user-execution.engine.ts',
  ExecutionEngineFactory: 'libs/execution/src/engine/execution-engine.factory.ts',
  EventRouter: 'libs/events/src/fanout/event-router.service.ts',
};

/** What drives runs and what routes events each exist once. */
export const singleEngine: BulkheadRule = {
  name,
  rule: defineRule(name, message, (report, context) => {
    const file = `/${context.filename.replaceAll('\\', '/')}`;
    const isHome = (it: string): boolean => homes[it] !== undefined && file.endsWith(`/${homes[it]}`);
    const declared = (node: Node, text: string | undefined): void => {
      if (text !== undefined && family.test(text.replaceAll('_', '')) && !isHome(text)) report(node);
    };
    const type = (node: Node & { id?: TSESTree.Node | null }): void => declared(node, lastName(node.id));
    const isOne = (node: Node | null | undefined): boolean => homes[lastName(node) ?? ''] !== undefined;
    const extended = (node: TSESTree.ClassDeclaration | TSESTree.ClassExpression): void => {
      type(node);
      if (isOne(node.superClass) || node.implements.some(({ expression }) => isOne(expression))) report(node);
    };
    return {
      ClassDeclaration: extended,
      ClassExpression: extended,
      TSInterfaceDeclaration: (node) => {
        type(node);
        if (node.extends.some(({ expression }) => isOne(expression))) report(node);
      },
      TSTypeAliasDeclaration: type,
      FunctionDeclaration: type,
      VariableDeclarator: (node) => {
        const value = node.init;
        if (!value || node.id.type !== AST.Identifier) return;
        // A variable that holds one is named after it; a variable that is one is a second one.
        if (isOne(value) && value.type === AST.Identifier) report(node);
        const makes = /^(ClassExpression|FunctionExpression|ArrowFunctionExpression|ObjectExpression)$/.test(
          value.type,
        );
        if (makes && /^[A-Z]/.test(node.id.name)) declared(node, node.id.name);
      },
      ImportSpecifier: (node) => renamed(node, node.imported, node.local),
      ExportSpecifier: (node) => renamed(node, node.local, node.exported),
    };

    function renamed(node: Node, from: Node, to: Node): void {
      const [a, b] = [lastName(from) ?? '', lastName(to) ?? ''];
      if (a !== b && (homes[a] !== undefined || family.test(b))) report(node);
    }
  }),
};
