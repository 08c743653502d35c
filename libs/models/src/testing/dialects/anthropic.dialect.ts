import { anthropicRules, refuse } from './anthropic-rules.ts';
import { anthropicFrames } from './anthropic-wire.ts';
import { checking, type ProviderDialect } from './dialect.contract.ts';

/** Anthropic's messages. */
export const anthropic: ProviderDialect = {
  provider: 'anthropic',
  model: 'claude-sonnet-4-5',
  path: () => '/messages',
  keyHeader: 'x-api-key',
  keyPrefix: '',
  unauthorized: refuse('x-api-key header is required', 401, 'authentication_error'),
  unknownModel: (model) => refuse(`model: ${model}`, 404, 'not_found_error'),
  tooLong: (tokens, limit) => refuse(`prompt is too long: ${tokens} tokens > ${limit} maximum`),
  check: checking(anthropicRules),
  callId: (n) => `toolu_${`${n}`.padStart(24, '0')}`,
  frames: anthropicFrames,
  failure: (message, status) =>
    refuse(message, status, status === 529 ? 'overloaded_error' : 'api_error').body,
};
