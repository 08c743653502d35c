export { Acknowledgements } from './acknowledgements.service.ts';
export { DeliveryCursors } from './delivery-cursors.service.ts';
export { DeliveryReport, type ThreadDelivery } from './delivery-report.ts';
export { EventLog, type EventBatch, type EventRange, type NewEvent } from './event-log.service.ts';
export { EVENTS_OPTIONS, type EventsOptions } from './event-retention.service.ts';
export { EventRouter } from './event-router.service.ts';
export { ResyncRequiredError, RunEndedError, RunSupersededError } from './events.errors.ts';
export { EventsModule } from './events.module.ts';
export { RunFence, type RunClaim } from './run-fence.service.ts';
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
} from './thread-event.ts';
export { ThreadReader, type Cursor, type ReadOptions } from './thread-reader.service.ts';
export { ToolResults, type ToolResult } from './tool-results.ts';
export { UserEventEmitter } from './user-event-emitter.ts';
export type {
  ClosingReason,
  ConnectionClosing,
  ControlEvents,
  ResyncReason,
  ResyncRequired,
  StoredRange,
} from './wire-events.ts';
