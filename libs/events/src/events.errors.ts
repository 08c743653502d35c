import { AppError } from '@bulkhead/errors';

/** The run has reached a terminal state: nothing more is stored for it. */
export class RunEndedError extends AppError {
  readonly code = 'run_ended';
  readonly kind = 'conflict';

  constructor() {
    super('The run has ended. Send a new message to start another.');
  }
}

/** The cursor does not belong to this thread's log; only a fresh read of the thread can help. */
export class ResyncRequiredError extends AppError {
  readonly code = 'resync_required';
  readonly kind = 'invalid';

  constructor(field: string, latestSeq: number) {
    super(
      `${field} is beyond the newest event (${latestSeq}). Read the thread again and continue from there.`,
      {
        field,
        limit: latestSeq,
      },
    );
  }
}
