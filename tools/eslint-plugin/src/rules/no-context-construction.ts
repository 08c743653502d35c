import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import { CONTEXT, ContextNames } from '../ast/context-names.ts';
import { fieldsOf } from '../ast/identity-fields.ts';
import { bare, lastName, memberName, nameOf } from '../ast/names.ts';
import { defineRule, type BulkheadRule, type Node } from '../rule.ts';

const name = 'no-context-construction';
const message =
  `A context comes from a factory (${CONTEXT}.fromRequest and its siblings; aContext() in specs), and a value of ` +
  `unknown origin becomes one through ${CONTEXT}.verify(). Constructing, copying or casting goes round validation.`;
const copiers =
  /^(structuredClone|cloneDeep|clone|merge|defaults|extend|plainToInstance|plainToClass|plainToClassFromExist|mock|mockDeep|createMock)$/;
const stamps = /^(construct|create|setPrototypeOf|assign|defineProperty|defineProperties|set)$/;

/** Nothing makes a context but its factories: no `new`, no copy, no cast; in specs neither. */
export const noContextConstruction: BulkheadRule = {
  name,
  except: ['libs/user-context/src/**'],
  rule: defineRule(name, message, (report, context) => {
    const names = new ContextNames(context);
    const mentions = (node: Node | null | undefined): boolean =>
      !!node &&
      everyNode(node).some((it) => names.isType(it) || (it.type === AST.Identifier && names.isClass(it)));
    const cast = (
      node: TSESTree.TSAsExpression | TSESTree.TSTypeAssertion | TSESTree.TSSatisfiesExpression,
    ): void => {
      if (mentions(node.typeAnnotation)) report(node);
      else if (
        /^TS(Any|Never|Unknown)Keyword$/.test(node.typeAnnotation.type) &&
        isLookAlike(node.expression)
      )
        report(node);
    };
    /** An annotation makes a value of any type a context without a word. */
    const annotated = (type: Node | undefined, value: Node | null | undefined): void => {
      if (value && names.isType(type) && isUnchecked(value)) report(value);
    };
    const returned = (
      node: TSESTree.ArrowFunctionExpression | TSESTree.FunctionDeclaration | TSESTree.FunctionExpression,
    ): void => {
      const type = node.returnType?.typeAnnotation;
      if (type?.type === AST.TSTypePredicate && names.isType(type.typeAnnotation?.typeAnnotation))
        report(node);
      if (node.type === AST.ArrowFunctionExpression) annotated(type, node.body);
      else if (node.body)
        for (const it of node.body.body) if (it.type === AST.ReturnStatement) annotated(type, it.argument);
    };
    return {
      NewExpression: (node) => {
        const callee = bare(node.callee);
        if (names.isClass(callee) || (lastName(callee) === 'constructor' && isOfContext(names, callee)))
          report(node);
      },
      'ClassDeclaration, ClassExpression': (node: TSESTree.ClassDeclaration) => {
        if (names.isClass(node.superClass)) report(node);
      },
      MemberExpression: (node) => {
        if (memberName(node) === 'prototype' && names.isClass(node.object)) report(node);
      },
      CallExpression: (node) => {
        const called = lastName(node.callee) ?? '';
        const [first, ...others] = node.arguments;
        if (called === 'construct' && first && names.isClass(first)) report(node);
        if (stamps.test(called) && isBuiltIn(node.callee) && first && names.isInstance(first)) report(node);
        if (called === 'assign' && isBuiltIn(node.callee) && others.some((it) => names.isInstance(it)))
          report(node);
        if (copiers.test(called) && node.arguments.some((it) => names.isClass(it) || names.isInstance(it)))
          report(node);
        if (copiers.test(called) && node.typeArguments?.params.some((it) => names.isType(it))) report(node);
      },
      TSAsExpression: cast,
      TSTypeAssertion: cast,
      TSSatisfiesExpression: cast,
      VariableDeclarator: (node) => annotated(node.id.typeAnnotation?.typeAnnotation, node.init),
      PropertyDefinition: (node) => annotated(node.typeAnnotation?.typeAnnotation, node.value),
      ArrowFunctionExpression: returned,
      FunctionDeclaration: returned,
      FunctionExpression: returned,
      SpreadElement: (node) => {
        if (node.parent.type === AST.ObjectExpression && names.isInstance(node.argument)) report(node);
      },
      ObjectExpression: (node) => {
        const value = (key: string): Node | undefined =>
          node.properties.find(
            (it): it is TSESTree.Property => it.type === AST.Property && nameOf(it.key) === key,
          )?.value;
        const given = value('useValue');
        if (given && names.isClass(value('provide')) && isUnchecked(given)) report(node);
      },
    };
  }),
};

/** An object that has the context's fields, whatever it is called. */
const isLookAlike = (node: Node): boolean =>
  bare(node).type === AST.ObjectExpression &&
  fieldsOf((bare(node) as TSESTree.ObjectExpression).properties).size >= 2;

/** A value that nobody has validated: an object as written, parsed text, a cast to what fits everywhere. */
function isUnchecked(node: Node): boolean {
  if (node.type === AST.TSAsExpression || node.type === AST.TSTypeAssertion)
    return /^TS(Any|Never|Unknown)Keyword$/.test(node.typeAnnotation.type) || isUnchecked(node.expression);
  const inner = bare(node);
  if (inner.type === AST.ObjectExpression) return true;
  return inner.type === AST.CallExpression && lastName(inner.callee) === 'parse' && isBuiltIn(inner.callee);
}

const isBuiltIn = (callee: Node): boolean => {
  const inner = bare(callee);
  return inner.type === AST.MemberExpression && /^(Object|Reflect|JSON)$/.test(lastName(inner.object) ?? '');
};
const isOfContext = (names: ContextNames, callee: Node): boolean =>
  callee.type === AST.MemberExpression && names.isInstance(callee.object);

/** A type and everything within it. */
function everyNode(node: Node): Node[] {
  const children = Object.entries(node)
    .filter(([key]) => key !== 'parent')
    .flatMap(([, value]: [string, unknown]) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter((value): value is Node => typeof value === 'object' && value !== null && 'type' in value);
  return [node, ...children.flatMap(everyNode)];
}
