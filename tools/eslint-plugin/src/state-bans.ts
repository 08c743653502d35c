import type { Ban } from './selector-rule.ts';

const emits = '[callee.property.name=/^(emit|send|write|to|in|except|volatile|local|timeout)$/]';
const servers = '/^(io|server|socketServer|nsp|namespace)$/';
// Weak collections are left out: what they know dies with the object it is about, and can't be listed.
const collection = 'NewExpression.init[callee.name=/^(Map|Set|Array)$/]';
const empty = ':matches(ArrayExpression[elements.length=0], ObjectExpression[properties.length=0]).init';
const topLevel = (declaration: string): string =>
  `:matches(Program, Program > ExportNamedDeclaration) > ${declaration}`;

/** State, settings and sending each have one place; everything else is handed what it needs. */
export const stateBans: readonly Ban[] = [
  {
    name: 'no-module-state',
    selectors: [
      topLevel('VariableDeclaration[kind=/^(let|var)$/]'),
      topLevel(`VariableDeclaration > VariableDeclarator:not([id.typeAnnotation]) > ${collection}`),
      topLevel(
        `VariableDeclaration > VariableDeclarator[id.typeAnnotation.typeAnnotation.typeName.name=/^(Map|Set|Array)$/] > ${collection}`,
      ),
      topLevel(`VariableDeclaration > VariableDeclarator > ${empty}`),
      'PropertyDefinition[static=true][readonly!=true]',
    ],
    message:
      'State of a module is shared by all users. Keep it in an injected class, or declare it read-only (ReadonlyMap, ReadonlySet, readonly).',
    files: ['libs/**'],
    except: ['**/*.spec.ts', 'libs/user-context/src/identity.ts'],
  },
  {
    name: 'no-singletons',
    selectors: [
      'ExportNamedDeclaration > FunctionDeclaration[id.name=/^(get\\w*Manager|getInstance)$/]',
      'ExportNamedDeclaration > VariableDeclaration > VariableDeclarator[id.name=/^(get\\w*Manager|getInstance)$/]',
      'ExportSpecifier[exported.name=/^(get\\w*Manager|getInstance)$/]',
      'MethodDefinition[static=true][key.name=/^(get\\w*Manager|getInstance)$/]',
    ],
    message: 'A singleton that anyone can reach belongs to no user. Inject the class instead.',
  },
  {
    name: 'env-in-config',
    selectors: [
      'MemberExpression[object.name="process"]:matches([property.name="env"], [property.value="env"])',
      'MemberExpression[object.property.name="process"]:matches([property.name="env"], [property.value="env"])',
      'VariableDeclarator[init.name="process"] > ObjectPattern',
      'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
      'ImportDeclaration[source.value=/^(node:)?process$/] > :matches(ImportDefaultSpecifier, ImportNamespaceSpecifier)[local.name!="process"]',
    ],
    message:
      'The environment is read and validated once, in apps/gateway/src/config. Take the validated setting as a parameter.',
    except: ['apps/gateway/src/config/**', 'apps/chat/**', 'tools/**', 'e2e/**', '**/*.config.*'],
  },
  {
    name: 'one-emit-place',
    selectors: [
      `CallExpression[callee.object.name=${servers}]${emits}`,
      `CallExpression[callee.object.property.name=${servers}]${emits}`,
      'CallExpression[callee.property.name="emit"] > MemberExpression.callee > CallExpression.object[callee.property.name=/^(to|in|except|of|compress)$/]',
      'MemberExpression[property.name="broadcast"]',
      'CallExpression[callee.property.name=/^(socketsJoin|socketsLeave|disconnectSockets|serverSideEmit)$/]',
    ],
    message:
      'Events leave through apps/gateway/src/delivery alone, where each is checked against its owner. Append the event with the emitter of the context.',
    files: ['{apps,libs}/**'],
    except: ['apps/gateway/src/delivery/**'],
  },
  {
    name: 'engine-in-execution',
    selectors: [':matches(ClassDeclaration, ClassExpression)[id.name=/ExecutionEngine$/]'],
    message: 'There is one execution engine, in libs/execution. Extend what it takes, not what it is.',
    except: ['libs/execution/src/**'],
  },
  {
    name: 'few-dependencies',
    selectors: ['MethodDefinition[kind="constructor"] > FunctionExpression.value[params.length>6]'],
    message: 'More than six dependencies is more than one job: split the class.',
  },
  {
    name: 'no-skipped-tests',
    selectors: [
      'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/]',
      'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
    ],
    message:
      'A test that does not run, or keeps others from running, promises what nobody checks. Fix or delete it.',
  },
];
