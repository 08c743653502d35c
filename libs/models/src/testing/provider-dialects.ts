import type { ModelsOptions } from '../models.options.ts';
import { anthropic } from './dialects/anthropic.dialect.ts';
import { deepseek } from './dialects/deepseek.dialect.ts';
import type { ProviderDialect } from './dialects/dialect.contract.ts';
import { google } from './dialects/google.dialect.ts';
import { llamaCpp } from './dialects/llama-cpp.dialect.ts';
import { mistral } from './dialects/mistral.dialect.ts';
import { ollama } from './dialects/ollama.dialect.ts';
import { openai } from './dialects/openai.dialect.ts';
import { vllm } from './dialects/vllm.dialect.ts';

/** By the service's name. */
export const dialects = {
  openai,
  anthropic,
  google,
  mistral,
  deepseek,
  vllm,
  'llama.cpp': llamaCpp,
  ollama,
} as const satisfies Record<string, ProviderDialect>;

/** What sets a server up to use the service at the base URL as its default model. */
export function modelsAt(name: DialectName, baseUrl: string, apiKey = 'sk-fake'): ModelsOptions {
  const { provider, model }: ProviderDialect = dialects[name];
  const key = provider === 'openai-compatible' ? 'openaiCompatible' : provider;
  return { defaultModel: `${provider}:${model}`, [key]: { baseUrl, apiKey } };
}

export type DialectName = keyof typeof dialects;

export const dialectNames = Object.keys(dialects) as readonly DialectName[];
