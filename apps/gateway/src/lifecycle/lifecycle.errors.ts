import { AppError } from '@bulkhead/errors';

/** The node got the signal to stop. */
export class ServerStoppingError extends AppError {
  readonly code = 'server_stopping';
  readonly kind = 'unavailable';

  constructor(cause?: unknown) {
    super('This node is about to stop. Try again: another node, or its successor, answers.', {
      retryAfterSeconds: 1,
      cause,
    });
  }
}
