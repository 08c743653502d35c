import { APICallError } from '@ai-sdk/provider';
import { ModelFailedError } from './models.errors.ts';
import { readFailure } from './provider-failure.ts';

const refused = (
  statusCode: number,
  body: unknown,
  responseHeaders: Record<string, string> = {},
): APICallError =>
  new APICallError({
    message: 'Refused.',
    url: 'http://provider.test/v1',
    requestBodyValues: {},
    statusCode,
    responseHeaders,
    responseBody: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('the kind of a failure', () => {
  it.each<[string, number, unknown]>([
    [
      'OpenAI',
      400,
      { error: { message: 'm', type: 'invalid_request_error', code: 'context_length_exceeded' } },
    ],
    [
      'Anthropic',
      400,
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'prompt is too long: 210000 tokens > 200000 maximum',
        },
      },
    ],
    ['Anthropic, by bytes', 413, { type: 'error', error: { type: 'request_too_large', message: 'm' } }],
    [
      'Google',
      400,
      {
        error: {
          code: 400,
          message: 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
    [
      'Mistral',
      400,
      {
        object: 'error',
        message:
          'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
        type: 'invalid_request_error',
        code: '3051',
      },
    ],
    [
      'DeepSeek',
      400,
      {
        error: {
          message: "This model's maximum context length is 131072 tokens.",
          type: 'invalid_request_error',
        },
      },
    ],
    [
      'vLLM',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens.",
        type: 'BadRequestError',
        code: 400,
      },
    ],
    [
      'SGLang',
      400,
      {
        object: 'error',
        message: "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
        type: 'BadRequestError',
      },
    ],
    [
      'llama.cpp',
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size. try increasing it',
          type: 'exceed_context_size_error',
          n_ctx: 4096,
        },
      },
    ],
    [
      'llama.cpp, as it was',
      500,
      { error: { code: 500, message: 'context size exceeded', type: 'server_error' } },
    ],
    ['Ollama', 400, { error: 'the input length exceeds the context length' }],
  ])('is a conversation that is too long (%s)', (_, status, body) => {
    expect(readFailure(refused(status, body)).kind).toBe('context too long');
  });

  it.each<[string, string, number, unknown]>([
    [
      'out of quota',
      'OpenAI',
      429,
      {
        error: {
          message: 'You exceeded your current quota',
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        },
      },
    ],
    ['out of quota', 'DeepSeek', 402, { error: { message: 'Insufficient Balance' } }],
    [
      'out of quota',
      'Anthropic',
      400,
      { type: 'error', error: { type: 'invalid_request_error', message: 'Your credit balance is too low' } },
    ],
    [
      'access denied',
      'Google',
      400,
      { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } },
    ],
    ['access denied', 'OpenAI', 401, { error: { code: 'invalid_api_key' } }],
    ['not found', 'Ollama', 404, { error: { message: "model 'x' not found", type: 'api_error' } }],
    ['refused', 'Mistral', 422, { detail: [{ type: 'extra_forbidden' }] }],
    [
      'refused',
      'Mistral',
      400,
      { object: 'error', message: 'Unexpected role', type: 'invalid_request_message_order', code: '3230' },
    ],
    [
      'passing',
      'Google',
      429,
      {
        error: {
          code: 429,
          message: 'You exceeded your current quota, please check your plan and billing details.',
          status: 'RESOURCE_EXHAUSTED',
        },
      },
    ],
    [
      'passing',
      'Anthropic',
      529,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    ],
    ['passing', 'a proxy', 502, '<html>502 Bad Gateway</html>'],
    ['passing', 'any', 408, ''],
    ['no model', 'a redirect', 302, ''],
  ])('is %s (%s, HTTP %i)', (kind, _, status, body) => {
    expect(readFailure(refused(status, body)).kind).toBe(kind);
  });

  it("is by the provider's own words, not by those that it repeats", () => {
    const repeated = { error: { message: `Bad request: ${'x'.repeat(400)} what is a context window?` } };
    expect(readFailure(refused(400, repeated)).kind).toBe('refused');
  });
});

describe('what the log may have of a failure', () => {
  it('is status, code, type and the id of the request', () => {
    const body = { error: { message: 'my secret', type: 'invalid_request_error', code: 'invalid_value' } };
    expect(readFailure(refused(400, body, { 'x-request-id': 'req_4711' })).failure).toEqual({
      status: 400,
      code: 'invalid_value',
      type: 'invalid_request_error',
      requestId: 'req_4711',
    });
  });

  it('is nothing that could be content or a key', () => {
    const body = { error: { message: 'm', type: 'my private question', code: 'sk-secret-4711' } };
    const { failure } = readFailure(refused(400, body, { 'x-request-id': 'a b' }));
    expect(failure).toEqual({ status: 400 });
  });

  it('is there for every failure', () => {
    expect(ModelFailedError.of('m', new Error('secret'))).toMatchObject({ failure: {} });
    expect(ModelFailedError.of('m', refused(500, ''))).toMatchObject({ failure: { status: 500 } });
  });
});
