import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from './model.contract.ts';
import { ModelNotConfiguredError } from './models.errors.ts';
import type { OpenAICompatibleOptions } from './models.options.ts';

const BASE_URL = 'openaiCompatible.baseUrl';
const API_KEY = 'openaiCompatible.apiKey';

/**
 * Models of one OpenAI-compatible server, by the server's own names. Connects to nothing yet.
 * @throws ModelNotConfiguredError when base URL or key can't work
 */
export function openaiCompatibleModels({
  baseUrl,
  apiKey,
}: OpenAICompatibleOptions): (modelId: string) => LanguageModel {
  checkBaseUrl(baseUrl);
  // fetch refuses such a header with an error that quotes it.
  if (apiKey && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ModelNotConfiguredError(API_KEY, 'must be printable ASCII without spaces or line ends.');
  }
  const provider = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: baseUrl,
    includeUsage: true,
    ...(apiKey && { apiKey }),
  });
  return (modelId) => provider.chatModel(modelId);
}

function checkBaseUrl(baseUrl: string): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new ModelNotConfiguredError(
      BASE_URL,
      'must be an http or https URL, e.g. http://127.0.0.1:11434/v1.',
    );
  }
  if (url.username || url.password) {
    throw new ModelNotConfiguredError(BASE_URL, `must not hold a user or password; set \`${API_KEY}\`.`);
  }
  if (/[?#]/.test(baseUrl)) {
    throw new ModelNotConfiguredError(BASE_URL, 'must end with its path, without query or hash.');
  }
}
