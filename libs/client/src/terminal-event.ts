import type { EventOf, TerminalEventType, ThreadEvent } from '@bulkhead/events';

const terminal: Readonly<Record<TerminalEventType, true>> = {
  agent_completed: true,
  agent_failed: true,
  agent_cancelled: true,
};

/** Whether this is the last event of its run. */
export const isTerminal = (
  event: ThreadEvent,
): event is { [Type in TerminalEventType]: EventOf<Type> }[TerminalEventType] =>
  Object.hasOwn(terminal, event.type);
