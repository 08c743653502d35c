import { importsOf, type Ban } from './selector-rule.ts';

const name = '[name="UserExecutionContext"]';
const home = ['libs/user-context/src/**'];
const declarations =
  ':matches(ClassDeclaration, ClassExpression, TSInterfaceDeclaration, TSTypeAliasDeclaration, ' +
  'TSEnumDeclaration, TSModuleDeclaration, TSImportEqualsDeclaration, FunctionDeclaration, VariableDeclarator)';
const has = (field: string): string => `:has(> [key.name="${field}"])`;

/** There is one UserExecutionContext, one way to make it, and one right to make the identity it needs. */
export const contextBans: readonly Ban[] = [
  {
    name: 'one-context',
    selectors: [
      `${declarations} > Identifier${name}.id`,
      `VariableDeclarator > ObjectPattern Property[value.name="UserExecutionContext"]`,
      'ImportSpecifier[imported.name="UserExecutionContext"][local.name!="UserExecutionContext"]',
      'ImportSpecifier[local.name="UserExecutionContext"][imported.name!="UserExecutionContext"]',
      `:matches(ImportDefaultSpecifier, ImportNamespaceSpecifier)[local.name="UserExecutionContext"]`,
      'ImportDeclaration[source.value!="@bulkhead/user-context"] > ImportSpecifier[imported.name="UserExecutionContext"]',
      'ExportSpecifier[local.name="UserExecutionContext"]',
      'ExportSpecifier[exported.name="UserExecutionContext"]',
      importsOf('"@bulkhead/user-context"', '[type="ExportAllDeclaration"]'),
    ],
    message:
      'There is one UserExecutionContext: import it, under its own name, from "@bulkhead/user-context", and ' +
      'export it nowhere else. Two of them would be validated differently.',
    except: home,
  },
  {
    name: 'no-context-shape',
    selectors: [
      `:matches(ClassBody, TSInterfaceBody, TSTypeLiteral)${['userId', 'threadId', 'runId', 'requestId'].map(has).join('')}`,
    ],
    message:
      'This is UserExecutionContext by another name: take the context itself, or its ContextJson where it is stored.',
    except: home,
  },
  {
    name: 'context-from-factory',
    selectors: [
      `NewExpression > Identifier${name}.callee`,
      `NewExpression > .callee Identifier${name}`,
      `CallExpression[callee.object.name="Reflect"] > Identifier${name}.arguments`,
      ':matches(ClassDeclaration, ClassExpression)[superClass.name="UserExecutionContext"]',
      'MemberExpression[object.name="UserExecutionContext"][property.name="prototype"]',
      `:matches(TSAsExpression, TSTypeAssertion) > TSTypeReference.typeAnnotation[typeName.name="UserExecutionContext"]`,
      `:matches(TSAsExpression, TSTypeAssertion) > .typeAnnotation TSTypeReference[typeName.name="UserExecutionContext"]`,
    ],
    message:
      'A context comes from a factory (UserExecutionContext.fromRequest and its siblings; aContext() in specs), ' +
      'and a value of unknown origin becomes one through UserExecutionContext.verify(). Constructing or casting goes round validation.',
    except: home,
  },
  {
    name: 'no-double-cast',
    selectors: [
      ':matches(TSAsExpression, TSTypeAssertion) > :matches(TSAsExpression, TSTypeAssertion).expression' +
        ':matches([typeAnnotation.type="TSUnknownKeyword"], [typeAnnotation.type="TSAnyKeyword"], [typeAnnotation.type="TSNeverKeyword"])',
    ],
    message: 'A double cast makes any value any type. Parse or narrow the value, or build a real one.',
    except: home,
  },
  {
    name: 'one-identity-mint',
    selectors: [
      ':matches(ImportSpecifier[imported.name="claimIdentityMint"], ExportSpecifier[local.name="claimIdentityMint"])',
      ':matches(MemberExpression[property.name="claimIdentityMint"], Property[key.name="claimIdentityMint"])',
      'Literal[value="claimIdentityMint"]',
    ],
    message:
      'Only libs/auth makes identities. Authenticate to get one; in specs use anIdentity() from "@bulkhead/user-context/testing".',
    except: [...home, 'libs/auth/src/identity-mint{,.spec}.ts'],
  },
];
