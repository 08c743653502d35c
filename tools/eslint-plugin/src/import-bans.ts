import { importsOf, type Ban } from './selector-rule.ts';

const specs = ['**/*.spec.ts', '**/src/testing/**', 'e2e/**', 'tools/**'];

/** Each package has few doors; each door is for somebody. */
export const importBans: readonly Ban[] = [
  {
    name: 'no-deep-imports',
    selectors: [importsOf(String.raw`/^@bulkhead\/[^/]+\/(?!(testing|bridge)$)/`)],
    message:
      'Import from the package itself: what its index does not export is not for others. Export it there, or ask its owner.',
  },
  {
    name: 'no-app-imports',
    selectors: [importsOf(String.raw`/^@bulkhead\/(gateway|chat|e2e|benchmark|eslint-plugin)(\/|$)/`)],
    message: 'Nothing imports a program. Move what both need to a lib.',
  },
  {
    name: 'testing-door',
    selectors: [importsOf(String.raw`/^@bulkhead\/[^/]+\/testing$/`)],
    message: 'Builders for tests stay in tests: import this in specs, src/testing, e2e or tools only.',
    except: specs,
  },
  {
    name: 'bridge-door',
    selectors: [importsOf(String.raw`/^@bulkhead\/[^/]+\/bridge$/`)],
    message: 'The bridge to the older record is for the edge, in apps. Here, take a UserExecutionContext.',
    except: ['apps/**'],
  },
  {
    name: 'no-own-index',
    selectors: [importsOf(String.raw`/^\.\.?(\/\.\.)*(\/index(\.[jt]s)?)?\/?$/`)],
    message: 'Import the file that declares it: going through the own index makes an import cycle.',
    files: ['{apps,libs,tools}/*/src/**'],
    except: ['**/*.spec.ts'],
  },
  {
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
  },
  {
    name: 'no-http-exceptions',
    selectors: [
      String.raw`ImportDeclaration[source.value=/^@nestjs\//] > ImportSpecifier[imported.name=/Exception$/]`,
    ],
    message:
      'Libs know no transport: throw an AppError from "@bulkhead/errors"; each transport maps it to its own status.',
    files: ['libs/**'],
  },
  {
    name: 'tokens-in-auth',
    selectors: [importsOf(String.raw`/^(jose|jsonwebtoken|@node-rs\/argon2)(\/|$)/`)],
    message: 'Tokens and passwords are read in libs/auth only: call Authenticator.authenticate().',
    except: ['libs/auth/**', 'e2e/**', 'tools/**'],
  },
  {
    name: 'no-module-mocks',
    selectors: [
      String.raw`CallExpression[callee.object.name="jest"][callee.property.name=/^(mock|doMock|setMock|unstable_mockModule)$/] > Literal.arguments[value=/^(\.|@bulkhead\/)/]`,
    ],
    message: 'A mock of our own module proves nothing about it: use the builders, or pass a real object in.',
  },
];
