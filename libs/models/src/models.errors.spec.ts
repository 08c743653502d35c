import { inspect } from 'node:util';
import { APICallError } from '@ai-sdk/provider';
import { toProblemDetails } from '@bulkhead/errors';
import { ModelFailedError, ModelNotConfiguredError } from './models.errors.ts';

const answered = (
  statusCode: number | undefined,
  responseHeaders: Record<string, string> = {},
): APICallError =>
  new APICallError({
    message: 'Incorrect API key provided: sk-secret',
    url: 'http://user:hunter2@provider.test/v1',
    requestBodyValues: { messages: ['private words'] },
    responseBody: 'sk-secret',
    responseHeaders,
    ...(statusCode !== undefined && { statusCode }),
  });

describe('ModelFailedError', () => {
  it.each([
    [401, 'API key'],
    [403, 'rights'],
    [404, 'base URL'],
    [429, 'limit'],
    [500, 'HTTP 500'],
    [200, 'complete answer'],
    [undefined, 'complete answer'],
  ])('says what to do about HTTP %s', (status, hint) => {
    const { message } = new ModelFailedError('gpt', answered(status));
    expect(message).toContain('"gpt"');
    expect(message).toContain(hint);
  });

  it('tells the caller nothing that the provider or the user said, and the log all of it', () => {
    const error = new ModelFailedError('gpt', answered(401));
    const told = JSON.stringify([toProblemDetails(error), error, error.message, error.details]);
    expect(told).not.toMatch(/secret|hunter2|private/);
    expect(inspect(error)).toContain('sk-secret');
  });

  it.each([
    ['7', 7],
    ['Wed, 21 Oct 2037 07:28:00 GMT', undefined],
    ['-1', undefined],
    ['9999999999', undefined],
  ])('reads Retry-After %j', (header, seconds) => {
    const { details } = new ModelFailedError('gpt', answered(429, { 'retry-after': header }));
    expect(details.retryAfterSeconds).toBe(seconds);
  });
});

describe('ModelNotConfiguredError', () => {
  it('names the key to set', () => {
    const error = new ModelNotConfiguredError('openaiCompatible.baseUrl', 'must be set.');
    expect(error).toMatchObject({
      kind: 'invalid',
      code: 'model_not_configured',
      details: { field: 'openaiCompatible.baseUrl' },
    });
    expect(error.message).toContain('`openaiCompatible.baseUrl` must be set.');
  });
});
