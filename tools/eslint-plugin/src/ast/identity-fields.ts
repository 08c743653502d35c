import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES as AST } from '@typescript-eslint/utils';
import type { Node, RuleContext } from '../rule.ts';
import type { ContextNames } from './context-names.ts';
import { bare, lastName, nameOf } from './names.ts';
import { definitionOf, initialValue } from './scopes.ts';

/** What makes a record somebody's unit of work. */
export const IDENTITY_FIELDS: readonly string[] = [
  'userId',
  'threadId',
  'runId',
  'requestId',
  'websocketClientId',
  'parentRequestId',
];
const byFoldedName: ReadonlyMap<string, string> = new Map(
  IDENTITY_FIELDS.map((field) => [field.toLowerCase(), field]),
);
const contextRecords = /^(ContextJson|ContextFields|ContextInput|AuditTrail)$/;

/** The identity field that a name is, also in snake_case, as a private field and with `_` in front. */
export const identityField = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : byFoldedName.get(name.replaceAll(/[_#$-]/g, '').toLowerCase());

/** Finds out which identity fields a declared type has, as far as one file tells. */
export class IdentityFields {
  constructor(
    private readonly context: RuleContext,
    private readonly names: ContextNames,
  ) {}

  of(node: Node | null | undefined, depth = 0): ReadonlySet<string> {
    if (!node || depth > 8) return new Set();
    const of = (inner: Node | null | undefined): ReadonlySet<string> => this.of(inner, depth + 1);
    switch (node.type) {
      case AST.TSInterfaceDeclaration:
        return union([
          of(node.body),
          ...node.extends.map((it) => this.#named(it.expression, it.typeArguments, depth)),
        ]);
      case AST.ClassDeclaration:
      case AST.ClassExpression:
        return union([
          of(node.body),
          node.superClass ? this.#named(node.superClass, null, depth) : new Set(),
        ]);
      case AST.TSInterfaceBody:
      case AST.ClassBody:
        return fieldsOf(node.body);
      case AST.TSTypeLiteral:
        return fieldsOf(node.members);
      case AST.TSTypeAliasDeclaration:
      case AST.TSTypeOperator:
        return of(node.typeAnnotation);
      case AST.TSIntersectionType:
        return union(node.types.map(of));
      case AST.TSMappedType:
        return this.#keys(node.constraint, depth + 1);
      case AST.TSTypeReference:
        return this.#named(node.typeName, node.typeArguments, depth + 1);
      case AST.TSTypeQuery:
        return this.#valueFields(node.exprName, depth + 1);
      case AST.TSImportType:
        return lastName(node.qualifier) === 'UserExecutionContext' ? all : new Set();
      default:
        return new Set();
    }
  }

  /** The fields of a named type: the context's own, those of a utility type's argument, those declared in this file. */
  #named(
    name: Node,
    args: TSESTree.TSTypeParameterInstantiation | null | undefined,
    depth: number,
  ): ReadonlySet<string> {
    const [first, second] = args?.params ?? [];
    const text = lastName(name) ?? '';
    if (text === 'Record' || text === 'Pick') return this.#keys(text === 'Pick' ? second : first, depth + 1);
    if (text === 'Omit') {
      const left = new Set(this.of(first, depth + 1));
      for (const key of this.#keys(second, depth + 1)) left.delete(key);
      return left;
    }
    if (/^(Partial|Required|Readonly|NonNullable|InstanceType|Awaited)$/.test(text))
      return this.of(first, depth + 1);
    if (this.names.isClass(name) || contextRecords.test(text)) return all;
    return name.type === AST.Identifier
      ? this.of(definitionOf(this.context, name)?.node, depth + 1)
      : new Set();
  }

  /** The identity fields among keys: `'a' | 'b'`, `keyof T`, `Exclude<K, 'a'>`, an alias of those. */
  #keys(node: Node | null | undefined, depth: number): ReadonlySet<string> {
    if (!node || depth > 8) return new Set();
    if (node.type === AST.TSLiteralType) return asSet([identityField(nameOf(node.literal))]);
    if (node.type === AST.TSUnionType) return union(node.types.map((it) => this.#keys(it, depth + 1)));
    if (node.type === AST.TSTypeOperator) return this.of(node.typeAnnotation, depth + 1);
    if (node.type === AST.TSTypeAliasDeclaration) return this.#keys(node.typeAnnotation, depth + 1);
    if (node.type !== AST.TSTypeReference || node.typeName.type !== AST.Identifier) return new Set();
    const [first, second] = node.typeArguments?.params ?? [];
    if (node.typeName.name === 'Exclude') {
      const left = new Set(this.#keys(first, depth + 1));
      for (const key of this.#keys(second, depth + 1)) left.delete(key);
      return left;
    }
    return this.#keys(definitionOf(this.context, node.typeName)?.node, depth + 1);
  }

  /** The fields of `typeof value`. */
  #valueFields(name: Node, depth: number): ReadonlySet<string> {
    if (name.type !== AST.Identifier) return new Set();
    if (this.names.isClass(name)) return new Set();
    const value = initialValue(this.context, name);
    const object = value && bare(value);
    const frozen = object?.type === AST.CallExpression ? object.arguments[0] : object;
    if (frozen?.type === AST.ObjectExpression) return fieldsOf(frozen.properties);
    return depth < 8 && this.names.isInstance(name) ? all : new Set();
  }
}

const all: ReadonlySet<string> = new Set(IDENTITY_FIELDS);
const union = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  new Set(sets.flatMap((set) => [...set]));
const asSet = (fields: readonly (string | undefined)[]): ReadonlySet<string> =>
  new Set(fields.filter((field) => field !== undefined));

/** The identity fields among members of a class, interface, type or object; a constructor's properties are members. */
export function fieldsOf(members: readonly Node[]): ReadonlySet<string> {
  return asSet(
    members.flatMap((member) => {
      if (member.type === AST.MethodDefinition && member.kind === 'constructor') {
        return member.value.params.map((param) =>
          param.type === AST.TSParameterProperty
            ? identityField(
                nameOf(
                  param.parameter.type === AST.AssignmentPattern ? param.parameter.left : param.parameter,
                ),
              )
            : undefined,
        );
      }
      return 'key' in member ? [identityField(nameOf(member.key))] : [];
    }),
  );
}
