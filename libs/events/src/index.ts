export { Acknowledgements } from './delivery-state/acknowledgements.service.ts';
export { DeliveryCursors } from './delivery-state/delivery-cursors.service.ts';
export { DeliveryReport, type ThreadDelivery } from './delivery-state/delivery-report.service.ts';
export { EventLog, type EventBatch, type EventRange, type NewEvent } from './log/event-log.service.ts';
export { EVENTS_OPTIONS, type EventsOptions } from './log/event-retention.service.ts';
export { EventRouter } from './fanout/event-router.service.ts';
export { ResyncRequiredError, RunEndedError, RunSupersededError } from './events.errors.ts';
export { EventsModule } from './events.module.ts';
export { FencingTokens, type RunClaim } from './fencing/fencing-tokens.service.ts';
export {
  ThreadDirectory,
  WHEN_BUSY,
  type NewThreadOptions,
  type PageKey,
  type Thread,
  type ThreadSettings,
  type WhenBusy,
} from './thread-directory.ts';
export {
  TERMINAL_EVENT_TYPES,
  type AnswerEnd,
  type EventData,
  type EventOf,
  type EventType,
  type TerminalEventType,
  type ThreadEvent,
  type TokenUsage,
  type ToolOutcome,
} from './vocabulary/thread-event.ts';
export { ThreadReader, type Cursor, type ReadOptions } from './reader/thread-reader.service.ts';
export { ToolResults, type ToolResult } from './log/tool-results.service.ts';
export { UserEventEmitter } from './emitter/user-event-emitter.service.ts';
export type {
  ClosingReason,
  ConnectionClosing,
  ControlEvents,
  ResyncReason,
  ResyncRequired,
  StoredRange,
} from './vocabulary/control-events.ts';
