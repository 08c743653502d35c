import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { anthropicEvents } from './mending/anthropic-events.ts';
import { chatChunks } from './mending/chat-chunks.ts';
import type { Mending } from './mending/chunk-mender.ts';
import { googleChunks } from './mending/google-chunks.ts';
import { mendingFetch } from './mending/mending-fetch.ts';
import type { LanguageModel } from './model.contract.ts';
import { ModelNotConfiguredError } from './models.errors.ts';
import { DEFAULT_PATIENCE, type ModelsOptions, type ModelProviderOptions } from './models.options.ts';
import { fetchWithTimeout } from './fetch-with-timeout.ts';
import { withoutRefusedUsage } from './refused-usage.ts';
import { ReplyFields } from './reply-fields.ts';

/** A provider's models, by its own names. Connects to nothing yet. */
export type ModelsByName = (modelId: string) => LanguageModel;

interface Settings {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly fetch: typeof fetch;
}

interface Provider {
  /** Its key in `ModelsOptions`. */
  readonly key: 'openaiCompatible' | 'openai' | 'anthropic' | 'google';
  /** What it can't do without. */
  readonly needs: 'apiKey' | 'baseUrl';
  /** Given explicitly: the SDKs would take another from the environment. */
  readonly baseUrl: string;
  /** Makes its streams readable for the SDK. */
  readonly mending: Mending;
  readonly open: (settings: Settings) => ModelsByName;
}

/** By the name in a reference. Chat completions, not responses: OpenAI keeps nothing of those. */
const providers: Readonly<Record<string, Provider>> = {
  'openai-compatible': {
    key: 'openaiCompatible',
    needs: 'baseUrl',
    baseUrl: '',
    mending: chatChunks,
    open: ({ apiKey, baseURL, fetch }) => {
      const name = 'openai-compatible';
      const provider = createOpenAICompatible({
        name,
        baseURL,
        fetch: withoutRefusedUsage(fetch),
        includeUsage: true,
        metadataExtractor: {
          extractMetadata: () => Promise.resolve(undefined),
          createStreamExtractor: () => new ReplyFields(),
        },
        ...(apiKey && { apiKey }),
      });
      return (modelId) => provider.chatModel(modelId);
    },
  },
  openai: {
    key: 'openai',
    needs: 'apiKey',
    baseUrl: 'https://api.openai.com/v1',
    mending: chatChunks,
    open: (settings) => {
      const provider = createOpenAI(settings);
      return (modelId) => provider.chat(modelId);
    },
  },
  anthropic: {
    key: 'anthropic',
    needs: 'apiKey',
    baseUrl: 'https://api.anthropic.com/v1',
    mending: anthropicEvents,
    open: createAnthropic,
  },
  google: {
    key: 'google',
    needs: 'apiKey',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    mending: googleChunks,
    open: createGoogleGenerativeAI,
  },
};

export const providerNames: readonly string[] = Object.keys(providers);

/** The names of those that the options set up. */
export const configuredProviders = (options: ModelsOptions): string[] =>
  providerNames.filter((name) => options[providers[name]!.key] !== undefined);

/**
 * @returns how to reach the provider's models, or undefined when there is no provider of this name
 * @throws ModelNotConfiguredError when it is not set up, or base URL or key can't work
 */
export function openProvider(name: string, options: ModelsOptions): ModelsByName | undefined {
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  if (!provider) return undefined;
  const { key, needs, mending, open } = provider;
  const given: Partial<ModelProviderOptions> = options[key] ?? {};
  if (!given[needs])
    throw new ModelNotConfiguredError(`${key}.${needs}`, `must be set to use \`${name}\` models.`);
  const { baseUrl = provider.baseUrl, apiKey = '' } = given;
  checkBaseUrl(baseUrl, key);
  // fetch refuses such a header with an error that quotes it.
  if (apiKey && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ModelNotConfiguredError(
      `${key}.apiKey`,
      'must be printable ASCII without spaces or line ends.',
    );
  }
  const timeoutMs = options.patience?.connectTimeoutMs ?? DEFAULT_PATIENCE.connectTimeoutMs;
  const ask = fetchWithTimeout(name, timeoutMs, options.fetch);
  return open({ baseURL: baseUrl, apiKey, fetch: mendingFetch(name, mending, ask) });
}

function checkBaseUrl(baseUrl: string, key: string): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const refuse = (problem: string): never => {
    throw new ModelNotConfiguredError(`${key}.baseUrl`, problem);
  };
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    return refuse('must be an http or https URL, e.g. http://127.0.0.1:11434/v1.');
  }
  if (url.username || url.password) refuse(`must not hold a user or password; set \`${key}.apiKey\`.`);
  if (/[?#]/.test(baseUrl)) refuse('must end with its path, without query or hash.');
}
