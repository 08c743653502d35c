import type { DialectName } from '../provider-dialects.ts';
import { askDialect } from './asked-dialect.ts';
import { error, flat, saying, user } from './chat-samples.ts';

type ChatName = Exclude<DialectName, 'anthropic' | 'google'>;

describe('the fake of a service with chat completions', () => {
  it.each<[ChatName, number, object]>([
    ['openai', 401, error({ type: 'invalid_request_error', code: null })],
    ['mistral', 401, { detail: 'Unauthorized' }],
    ['deepseek', 401, error({ type: 'authentication_error' })],
  ])('%s demands a key', async (name, status, body) => {
    expect(await askDialect(name, { messages: [user] }, { key: '' })).toMatchObject({ status, body });
  });

  it.each<ChatName>(['vllm', 'llama.cpp', 'ollama'])('%s needs no key', async (name) => {
    expect(await askDialect(name, { messages: [user] }, { key: '' })).toMatchObject({ status: 200 });
  });

  it.each<[ChatName, number, object]>([
    ['openai', 404, error({ code: 'model_not_found' })],
    ['mistral', 400, flat('invalid_model', 'Invalid model: gpt-9', '1500')],
    ['deepseek', 400, error({ message: 'Model Not Exist' })],
    ['vllm', 404, error({ type: 'NotFoundError', code: 404 })],
    ['ollama', 404, error({ type: 'not_found_error', message: "model 'gpt-9' not found" })],
  ])('%s has no other models', async (name, status, body) => {
    expect(await askDialect(name, { messages: [user] }, { model: 'gpt-9' })).toMatchObject({ status, body });
  });

  it.each<[ChatName, object]>([
    [
      'openai',
      error({ code: 'context_length_exceeded', message: saying('maximum context length is 100 tokens') }),
    ],
    ['mistral', flat('invalid_request_prompt', '100 maximum context length', '3051')],
    ['deepseek', error({ message: saying('maximum context length is 100 tokens') })],
    ['vllm', error({ code: 400, message: saying('maximum context length is 100 tokens') })],
    [
      'llama.cpp',
      error({ type: 'exceed_context_size_error', n_ctx: 100, n_prompt_tokens: expect.any(Number) }),
    ],
  ])('%s refuses more than fits', async (name, body) => {
    const messages = [{ role: 'user', content: 'x'.repeat(1_000) }];
    expect(await askDialect(name, { messages }, { contextTokens: 100 })).toMatchObject({ status: 400, body });
    expect(await askDialect(name, { messages: [user] }, { contextTokens: 100 })).toMatchObject({
      status: 200,
    });
  });

  it('ollama cuts more than fits without a word', async () => {
    const messages = [{ role: 'user', content: 'x'.repeat(1_000) }];
    expect(await askDialect('ollama', { messages }, { contextTokens: 100 })).toMatchObject({ status: 200 });
  });
});
