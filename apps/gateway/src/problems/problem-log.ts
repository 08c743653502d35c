import type { LoggerService } from '@nestjs/common';
import { AppError } from '@bulkhead/errors';
import { reasonOf } from './failure-reason.ts';

/**
 * Tells the operator what a caller is not told: all of a defect, and in one line why something is away. AccessDenialRecorder are no
 * news.
 */
export function logProblem(
  logger: Pick<LoggerService, 'error' | 'warn'>,
  error: unknown,
  requestId: string,
): void {
  if (!(error instanceof AppError) || error.kind === 'internal') logger.error({ requestId, err: error });
  else if (error.kind === 'unavailable' && error.cause !== undefined)
    logger.warn({ requestId, code: error.code, why: reasonOf(error.cause) });
}
