import { toProblemDetails } from '@bulkhead/errors';
import {
  ContextIsolationError,
  InvalidContextError,
  ScopeTimeoutError,
  ShuttingDownError,
} from './context.errors.ts';

describe('Context errors', () => {
  it('tell a caller which value is invalid and why', () => {
    expect(toProblemDetails(new InvalidContextError('threadId', 'must not be empty'))).toMatchObject({
      status: 400,
      code: 'invalid_context',
      detail: 'threadId must not be empty.',
      field: 'threadId',
    });
  });

  it('are critical, and tell a caller nothing, when isolation is broken', () => {
    const error = new ContextIsolationError('A database session is shared by ada and eve.');
    expect(error.critical).toBe(true);
    expect(JSON.stringify(toProblemDetails(error))).not.toMatch(/ada|eve|isolation/);
  });

  it('ask to try again when time ran out or the node goes down', () => {
    expect(toProblemDetails(new ScopeTimeoutError(50))).toMatchObject({ status: 503, code: 'scope_timeout' });
    expect(toProblemDetails(new ShuttingDownError())).toMatchObject({ status: 503, retryAfterSeconds: 1 });
  });
});
