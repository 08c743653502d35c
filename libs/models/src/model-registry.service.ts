import { Inject, Injectable } from '@nestjs/common';
import type { LanguageModel } from './model.contract.ts';
import { ModelNotConfiguredError } from './models.errors.ts';
import {
  DEFAULT_PATIENCE,
  MODELS_OPTIONS,
  type ModelsOptions,
  type ModelTimeouts,
} from './models.options.ts';
import { OfflineModel } from './offline/offline-model.ts';
import { RetryingModel } from './retrying-model.ts';
import { configuredProviders, openProvider, providerNames, type ModelsByName } from './providers.ts';

const forms = `\`offline\`, or a provider and its model: ${providerNames.map((name) => `\`${name}:<model>\``).join(', ')}`;

/** Every model this server can reach, by reference. Holds keys; hands out none. */
@Injectable()
export class ModelRegistry {
  readonly #offline: LanguageModel;
  readonly #opened = new Map<string, ModelsByName>();
  readonly #default: LanguageModel;
  readonly #patience: ModelTimeouts;
  readonly #options: ModelsOptions;

  /** @throws ModelNotConfiguredError so that a wrong configuration fails at boot, not in a user's run */
  constructor(@Inject(MODELS_OPTIONS) options: ModelsOptions) {
    this.#options = options;
    this.#offline = new OfflineModel(options.offline);
    this.#patience = { ...DEFAULT_PATIENCE, ...options.patience };
    for (const name of configuredProviders(options)) this.#open(name);
    this.#default = this.#find(options.defaultModel, 'defaultModel');
  }

  /**
   * @param reference `default`, `offline`, or a provider and its model, e.g. `openai-compatible:llama3.2:3b`
   * @throws ModelNotConfiguredError when there is no such model; whether the provider has it shows when it is called
   */
  resolve(reference: string): LanguageModel {
    return reference === 'default' ? this.#default : this.#find(reference, 'model');
  }

  #find(reference: string, key: string): LanguageModel {
    if (reference === 'offline') return this.#offline;
    const [, provider = '', modelId = ''] = /^([a-z-]+):([\x21-\x7e]{1,200})$/.exec(reference) ?? [];
    const models = this.#open(provider);
    if (!models) throw new ModelNotConfiguredError(key, `must be ${forms}.`);
    return new RetryingModel(provider, models(modelId), this.#patience);
  }

  #open(provider: string): ModelsByName | undefined {
    const known = this.#opened.get(provider) ?? openProvider(provider, this.#options);
    if (known) this.#opened.set(provider, known);
    return known;
  }
}
