export type {
  EventData,
  EventOf,
  EventType,
  TerminalEventType,
  ThreadEvent,
  TokenUsage,
  ToolOutcome,
} from '@bulkhead/events';
export { BulkheadClient, type FollowOptions } from './bulkhead-client.ts';
export { ConnectionError } from './connection.error.ts';
export { ProblemError, type Problem } from './problem.error.ts';
export type {
  AcceptedRun,
  Agent,
  Credentials,
  Message,
  NewAccount,
  Page,
  PageOptions,
  Run,
  RunState,
  SequenceOptions,
  Thread,
  User,
} from './resources.ts';
export type { Acknowledgement, SocketCalls } from './socket-protocol.ts';
export { isTerminal } from './terminal-event.ts';
export { ThreadConnection, type ConnectionStatus, type OpenThreadOptions } from './thread-connection.ts';
