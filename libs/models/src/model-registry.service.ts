import { Inject, Injectable } from '@nestjs/common';
import type { LanguageModel } from './model.contract.ts';
import { ModelNotConfiguredError } from './models.errors.ts';
import { MODELS_OPTIONS, type ModelsOptions } from './models.options.ts';
import { OfflineModel } from './offline/offline-model.ts';
import { openaiCompatibleModels } from './openai-compatible.provider.ts';

const forms = '`offline` or `openai-compatible:<model>`';

/** Every model this server can reach, by reference. Holds keys; hands out none. */
@Injectable()
export class ModelRegistry {
  readonly #offline: LanguageModel;
  readonly #openaiCompatible: ((modelId: string) => LanguageModel) | undefined;
  readonly #default: LanguageModel;

  /** @throws ModelNotConfiguredError so that a wrong configuration fails at boot, not in a user's run */
  constructor(@Inject(MODELS_OPTIONS) options: ModelsOptions) {
    this.#offline = new OfflineModel(options.offline);
    this.#openaiCompatible = options.openaiCompatible && openaiCompatibleModels(options.openaiCompatible);
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
    const [, provider, modelId] = /^([a-z-]+):([\x21-\x7e]{1,200})$/.exec(reference) ?? [];
    if (provider !== 'openai-compatible' || modelId === undefined) {
      throw new ModelNotConfiguredError(key, `must be ${forms}.`);
    }
    if (!this.#openaiCompatible) {
      throw new ModelNotConfiguredError(
        'openaiCompatible.baseUrl',
        `must be set to use \`${provider}\` models.`,
      );
    }
    return this.#openaiCompatible(modelId);
  }
}
