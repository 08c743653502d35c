import type { Sabotage } from './sabotage.ts';

/** Of what agents may do. */
export const toolSabotages: readonly Sabotage[] = [
  {
    name: 'tool grant that is not checked',
    breaks: 'an agent calls the tools that it was given, and no others',
    places: [
      {
        file: 'libs/tools/src/dispatch/authorized-tool-call.ts',
        find: 'tool && caller.permittedTools.includes(tool.name) && identity.hasPermission(tool.permission);',
        replace: 'tool && identity.hasPermission(tool.permission);',
      },
    ],
    guard: { spec: 'libs/tools/src/dispatch/authorized-tool-call.spec.ts' },
  },
  {
    name: "user's permission for a tool that is not checked",
    breaks: 'an agent may do what its user may, and nothing more',
    places: [
      {
        file: 'libs/tools/src/dispatch/authorized-tool-call.ts',
        find: 'tool && caller.permittedTools.includes(tool.name) && identity.hasPermission(tool.permission);',
        replace: 'tool && caller.permittedTools.includes(tool.name) && identity !== undefined;',
      },
    ],
    guard: { spec: 'libs/tools/src/dispatch/tool-dispatcher.service.permissions.spec.ts' },
  },
  {
    name: 'arguments that are not checked against their schema',
    breaks: 'a tool is executed with valid arguments only',
    places: [
      {
        file: 'libs/tools/src/dispatch/authorized-tool-call.ts',
        find: 'registry.validate(tool.name, call.arguments);',
        replace: 'call.arguments;',
      },
    ],
    guard: { spec: 'libs/tools/src/dispatch/authorized-tool-call.spec.ts' },
  },
  {
    name: "approval that is not bound to the arguments' hash",
    breaks: 'an approval holds for the arguments that were shown',
    places: [
      {
        file: 'libs/tools/src/dispatch/tool-approval.ts',
        find: 'if (approval.argumentsHash !== hashArguments(args)) throw new ApprovalMissingError();',
        replace: '',
      },
    ],
    guard: { spec: 'libs/tools/src/dispatch/authorized-tool-call.spec.ts' },
  },
  {
    name: 'approval of something other than what was shown',
    breaks: 'an approval names what is approved',
    places: [
      {
        file: 'libs/execution/src/approvals/approvals.service.ts',
        find: "if (decided.decision === 'approve' && decided.argumentsHash !== argumentsHash) {",
        replace: "if (decided.decision === 'approve' && decided.argumentsHash === '') {",
      },
    ],
    guard: { spec: 'libs/execution/src/approvals/approvals.service.spec.ts' },
  },
  {
    name: 'permission of one user that another uses',
    breaks: 'the owner is compared at every dispatch',
    places: [
      {
        file: 'libs/user-context/src/isolation-monitor.service.ts',
        find: 'if (ownerId.toLowerCase() !== context.userId.toLowerCase()) {',
        replace: "if (ownerId === '') {",
      },
    ],
    guard: { spec: 'libs/user-context/src/isolation-monitor.spec.ts' },
  },
  {
    name: 'redirect that is not checked',
    breaks: 'a fetch never reaches a private address, also after redirects',
    places: [
      {
        file: 'libs/tools/src/web/web-fetcher.ts',
        find: 'const next = targetOf(answer.href);',
        replace: 'const next = { url: answer, isAllowed: true };',
      },
    ],
    guard: { spec: 'libs/tools/src/web/web-fetcher.spec.ts' },
  },
  {
    name: 'name that resolves to a private address',
    breaks: 'a fetch never reaches a private address, also after DNS rebinding',
    places: [
      {
        file: 'libs/tools/src/web/web-fetcher.ts',
        find: 'isAllowed ? () => true : this.#isReachable;',
        replace: '() => isAllowed || this.#isReachable !== undefined;',
      },
    ],
    guard: { spec: 'libs/tools/src/web/web-fetcher.spec.ts' },
  },
  {
    name: 'SQL of an agent without a time limit',
    breaks: 'a query of an agent ends',
    places: [
      {
        file: 'libs/tables/src/query/query-deadline.ts',
        find: 'SET LOCAL statement_timeout = ${Math',
        replace: 'SET LOCAL statement_timeout = ${0 * Math',
      },
    ],
    guard: { spec: 'libs/tables/src/query/escapes.spec.ts', test: 'is ended when its time is over' },
  },
  {
    name: "SQL of an agent in the server's own role",
    breaks: "a query of an agent sees its user's tables and nothing else",
    places: [
      {
        file: 'libs/tables/src/query/query-connections.service.ts',
        find: 'openPool(database.queryUrl, {',
        replace: 'openPool(database.pool.options.connectionString ?? "", {',
      },
    ],
    guard: { spec: 'libs/tables/src/query/escapes.spec.ts' },
  },
  {
    name: 'result of a tool without a bound',
    breaks: 'what a tool gives back is bounded',
    places: [
      {
        file: 'libs/tools/src/dispatch/tool-dispatcher.service.ts',
        find: 'if (size > MAX_RESULT_BYTES) throw',
        replace: 'if (size < 0) throw',
      },
    ],
    guard: { spec: 'libs/tools/src/dispatch/tool-dispatcher.service.spec.ts' },
  },
  {
    name: 'secret in the arguments of an announced call',
    breaks: 'secrets are redacted from events',
    places: [
      {
        file: 'libs/tools/src/dispatch/tool-dispatcher.service.ts',
        find: 'arguments: redact(call.arguments)',
        replace: 'arguments: call.arguments as JsonValue',
      },
    ],
    guard: { spec: 'libs/tools/src/dispatch/tool-dispatcher.service.spec.ts' },
  },
];
