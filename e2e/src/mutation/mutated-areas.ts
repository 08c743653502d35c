/** A promise's code, and the specs that must notice whatever is changed in it. */
export interface MutatedArea {
  readonly name: string;
  /** The project's folder. */
  readonly project: string;
  /** Below the project's folder, as are the specs. */
  readonly files: readonly string[];
  readonly specs: readonly string[];
}

/** Under which the report has what came of an area. */
export const reportNameOf = ({ name }: MutatedArea): string => `mutation: ${name}`;

/** Where a small mistake breaks a promise to users. */
export const mutatedAreas: readonly MutatedArea[] = [
  {
    name: 'context validation',
    project: 'libs/user-context',
    files: ['src/context-fields.ts', 'src/user-execution-context.ts'],
    specs: ['src/user-execution-context*.spec.ts'],
  },
  {
    name: 'identifiers of a context',
    project: 'libs/user-context',
    files: ['src/identifier-rules.ts', 'src/identifiers.ts'],
    specs: ['src/identifier-rules.spec.ts', 'src/identifiers.spec.ts'],
  },
  {
    name: 'records of a context',
    project: 'libs/user-context',
    files: ['src/context-records.ts', 'src/json-record.ts', 'src/ownership-registry.ts'],
    specs: ['src/context-records.spec.ts', 'src/json-record*.spec.ts', 'src/ownership-registry.spec.ts'],
  },
  {
    name: 'authorisation of users',
    project: 'libs/auth',
    files: ['src/permissions.ts', 'src/liveness/session-watch.ts', 'src/providers/provider-claims.ts'],
    specs: [
      'src/permissions.spec.ts',
      'src/liveness/session-watch.spec.ts',
      'src/providers/provider-claims.spec.ts',
    ],
  },
  {
    name: 'authorisation of tool calls',
    project: 'libs/tools',
    files: ['src/authorized-tool-call.ts', 'src/tool-approval.ts'],
    specs: ['src/authorized-tool-call.spec.ts', 'src/tool-dispatcher.permissions.spec.ts'],
  },
  {
    name: 'routing',
    project: 'libs/events',
    files: ['src/event-router.service.ts', 'src/event-inbox.ts'],
    specs: ['src/event-router.spec.ts', 'src/event-inbox.spec.ts'],
  },
  {
    name: 'replay',
    project: 'libs/events',
    files: ['src/thread-reader.service.ts'],
    specs: [
      'src/thread-reader.spec.ts',
      'src/thread-reader.pages.spec.ts',
      'src/thread-reader.turns.spec.ts',
      'src/thread-reader.schedules.spec.ts',
    ],
  },
];
