import { AppError } from '@bulkhead/errors';

/** Too much waits for the worker threads. */
export class SandboxBusyError extends AppError {
  readonly code = 'sandbox_busy';
  readonly kind = 'unavailable';

  constructor() {
    super('The server is busy with other input of this kind. Try again in a moment.');
  }
}

/** Processing the input took more time or memory than one task may use, and was stopped. */
export class SandboxLimitError extends AppError {
  readonly code = 'sandbox_limit';
  readonly kind = 'limit_exceeded';

  constructor(reason: 'time' | 'memory', limit: number, unit: 'ms' | 'MiB') {
    const used = reason === 'time' ? 'took longer' : 'needed more memory';
    super(
      `Processing this input ${used} than ${limit} ${unit} and was stopped. Try a smaller or simpler one.`,
      {
        reason,
        limit,
      },
    );
  }
}

/** The code that processed the input failed or ended its thread. The input is the likely reason. */
export class SandboxCrashedError extends AppError {
  readonly code = 'sandbox_crashed';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('This input could not be processed. Try another one.', { cause });
  }
}
