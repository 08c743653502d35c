import { selectorRule } from '../rule.ts';

/** The client is installed by users, the server is not. */
export const wireTypesOnly = selectorRule({
  name: 'wire-types-only',
  selectors: [
    'ImportDeclaration[source.value=/^@bulkhead/][importKind!="type"]',
    'ExportNamedDeclaration[source.value=/^@bulkhead/][exportKind!="type"]',
    'ExportAllDeclaration[source.value=/^@bulkhead/][exportKind!="type"]',
    'ImportExpression[source.value=/^@bulkhead/]',
  ],
  message: 'The client carries no server code to its users: use `import type { … }`.',
  files: ['libs/client/src/**'],
  except: ['**/*.spec.ts'],
});
