export {
  TERMINAL_EVENT_TYPES,
  type EventData,
  type EventOf,
  type EventType,
  type TerminalEventType,
  type ThreadEvent,
  type TokenUsage,
  type ToolOutcome,
} from './thread-event.ts';
