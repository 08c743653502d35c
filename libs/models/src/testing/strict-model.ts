import type { LanguageModel, ModelCallOptions, ModelGeneration, ModelStream } from '../model.contract.ts';
import { assertAcceptable } from './prompt-rules.ts';

/** For specs: any model, which refuses a prompt that one of the services would refuse. */
export class StrictModel implements LanguageModel {
  readonly specificationVersion = 'v3';
  readonly provider: string;
  readonly modelId: string;
  readonly supportedUrls: LanguageModel['supportedUrls'];

  constructor(private readonly model: LanguageModel) {
    this.provider = model.provider;
    this.modelId = model.modelId;
    this.supportedUrls = model.supportedUrls;
  }

  async doStream(options: ModelCallOptions): Promise<ModelStream> {
    assertAcceptable(options);
    return this.model.doStream(options);
  }

  async doGenerate(options: ModelCallOptions): Promise<ModelGeneration> {
    assertAcceptable(options);
    return this.model.doGenerate(options);
  }
}
