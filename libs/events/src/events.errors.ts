import { AppError } from '@bulkhead/errors';
import type { ResyncReason, StoredRange } from './vocabulary/control-events.ts';

/** The run has reached a terminal state: nothing more is stored for it. */
export class RunEndedError extends AppError {
  readonly code = 'run_ended';
  readonly kind = 'conflict';

  constructor() {
    super('The run has ended. Send a new message to start another.');
  }
}

const explanations: Readonly<Record<ResyncReason, string>> = {
  unknown_cursor: 'is not the sequence of an event',
  future_cursor: 'is beyond the newest event',
  pruned_cursor: 'is followed by events that are no longer stored',
};

/** The run was taken over by another node while this one was away: nothing was stored. */
export class RunSupersededError extends AppError {
  readonly code = 'run_superseded';
  readonly kind = 'conflict';

  constructor() {
    super('The run is executed elsewhere. What was under way here is dropped.');
  }
}

/** The cursor does not belong to what is stored of this thread: going on from it would leave a gap. */
export class ResyncRequiredError extends AppError {
  readonly code = 'resync_required';
  readonly kind = 'invalid';

  constructor(
    field: string,
    readonly reason: ResyncReason,
    readonly range: StoredRange,
  ) {
    super(
      `${field} ${explanations[reason]}. Read the thread's messages again, and continue after any sequence ` +
        `from ${range.oldestSeq - 1} to ${range.latestSeq}.`,
      { field, reason, ...range },
    );
  }
}
