import { AppError, ResourceNotFoundError, toProblemDetails, type ErrorKind } from './index.ts';

class SampleError extends AppError {
  readonly code = 'sample_problem';
  constructor(
    readonly kind: ErrorKind,
    options = {},
  ) {
    super('A thing happened. Do another.', options);
  }
}

describe('toProblemDetails', () => {
  it.each([
    ['invalid', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['mismatch', 422],
    ['limit_exceeded', 429],
    ['unavailable', 503],
    ['upstream', 502],
  ] as const)('gives kind %s the status %i', (kind, status) => {
    expect(toProblemDetails(new SampleError(kind))).toMatchObject({
      type: '/problems/sample_problem',
      status,
      code: 'sample_problem',
      detail: 'A thing happened. Do another.',
    });
  });

  it('carries the facts a caller may act on, and never the cause', () => {
    const problem = toProblemDetails(
      new SampleError('limit_exceeded', { limit: 5, retryAfterSeconds: 2, cause: new Error('secret') }),
    );
    expect(problem).toMatchObject({ limit: 5, retryAfterSeconds: 2 });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  it.each([new Error('password=hunter2'), 'password=hunter2', undefined, new SampleError('internal')])(
    'tells the caller nothing about an internal failure (%#)',
    (error) => {
      const problem = toProblemDetails(error);
      expect(problem).toMatchObject({ status: 500, code: 'internal_error' });
      expect(JSON.stringify(problem)).not.toMatch(/hunter2|A thing happened/);
    },
  );

  it('describes a foreign and an absent resource alike', () => {
    expect(toProblemDetails(new ResourceNotFoundError('thread'))).toEqual(
      toProblemDetails(new ResourceNotFoundError('thread')),
    );
  });
});

describe('AppError', () => {
  it('keeps its cause for the log and its class name for the reader', () => {
    const cause = new Error('root');
    const error = new SampleError('internal', { cause });
    expect(error.cause).toBe(cause);
    expect(error.name).toBe('SampleError');
  });
});
