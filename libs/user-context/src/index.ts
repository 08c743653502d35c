export {
  ContextIsolationError,
  InvalidContextError,
  ScopeTimeoutError,
  ShuttingDownError,
  WorkInterruptedError,
} from './context.errors.ts';
export {
  MAX_OPERATION_DEPTH,
  type ContextIds,
  type ContextJson,
  type ContextOptions,
} from './context-fields.ts';
export type {
  AuthenticatedHttpRequest,
  AuthenticatedSocket,
  SocketMessage,
  StoredRun,
} from './context-sources.ts';
export type { DatabaseSession } from './database-session.ts';
export { claimIdentityMint, Identity, type IdentityClaims, type IdentityMint } from './identity.ts';
export {
  parseRunId,
  parseThreadId,
  parseUserId,
  type RequestId,
  type RunId,
  type ThreadId,
  type UserId,
  type UtcInstant,
  type WebsocketClientId,
} from './identifiers.ts';
export { assertOwnedBy, IsolationMonitor, type IsolationViolation } from './isolation-monitor.service.ts';
export { cloneRecord, type JsonRecord, type JsonValue } from './json-record.ts';
export { LeakDetector, type Leftover, type LiveScope } from './leak-detector.service.ts';
export { siteOf, subnetOf } from './subnet.ts';
export { UserContextModule } from './user-context.module.ts';
export { UserContextScope } from './user-context-scope.ts';
export { ScopeRunner, type ScopeOptions } from './scope-runner.service.ts';
export { UserExecutionContext, type AuditTrail } from './user-execution-context.ts';
