export type {
  AnswerEnd,
  ClosingReason,
  ControlEvents,
  EventData,
  EventOf,
  EventType,
  ResyncRequired,
  TerminalEventType,
  ThreadEvent,
  TokenUsage,
  ToolOutcome,
} from '@bulkhead/events';
export type { CallOptions } from './abortable.ts';
export { BulkheadClient } from './bulkhead-client.ts';
export { ConnectionError } from './connection.error.ts';
export type { TokenSource } from './given-tokens.ts';
export { ProblemError, type Problem } from './problem.error.ts';
export type {
  AcceptedRun,
  Agent,
  Approval,
  ApprovalDecision,
  AuditEntry,
  Credentials,
  Message,
  NewAccount,
  NewTable,
  Page,
  PageOptions,
  RunListOptions,
  Profile,
  Run,
  RunState,
  SequenceOptions,
  Table,
  TableColumn,
  Thread,
  ThreadChoices,
  ThreadListOptions,
  ThreadDelivery,
  ToolResult,
  User,
  WhenBusy,
} from './resources.ts';
export type { ResyncChoice } from './resync.ts';
export type { FollowOptions } from './rest-calls.ts';
export type { SessionOptions } from './session.ts';
export type { Acknowledgement, SocketCalls } from './socket-protocol.ts';
export { isTerminal } from './terminal-event.ts';
export {
  ThreadConnection,
  type ConnectionStatus,
  type OpenThreadOptions,
  type StatusListener,
} from './thread-connection.ts';
