import { ReadableStream } from 'node:stream/web';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  LanguageModel,
  ModelCallOptions,
  ModelGeneration,
  ModelStream,
  ModelStreamPart,
} from './model.contract.ts';
import type { ModelTimeouts } from './models.options.ts';
import { pauseBeforeRetry } from './retry-rules.ts';
import { watchedParts } from './stream-timeouts.ts';

/** The parts that carry an answer: once one of them has come, nothing is asked again. */
const answers: ReadonlySet<string> = new Set([
  'text-delta',
  'reasoning-delta',
  'tool-input-start',
  'tool-call',
]);

/** A provider's model with time limits, and further attempts as long as the answer has not begun. */
export class RetryingModel implements LanguageModel {
  readonly specificationVersion = 'v3';
  readonly modelId: string;
  readonly supportedUrls: LanguageModel['supportedUrls'];

  constructor(
    /** As in references. */
    readonly provider: string,
    private readonly model: LanguageModel,
    private readonly patience: ModelTimeouts,
  ) {
    this.modelId = model.modelId;
    this.supportedUrls = model.supportedUrls;
  }

  doStream(options: ModelCallOptions): Promise<ModelStream> {
    return Promise.resolve({ stream: ReadableStream.from(this.#attempts(options)) });
  }

  doGenerate(options: ModelCallOptions): PromiseLike<ModelGeneration> {
    return this.model.doGenerate(options);
  }

  async *#attempts(options: ModelCallOptions): AsyncGenerator<ModelStreamPart> {
    const { abortSignal: signal } = options;
    for (let attempt = 1; ; attempt++) {
      let hasBegun = false;
      let hasFinished = false;
      try {
        for await (const part of watchedParts(this.model, options, this.patience, () => hasBegun)) {
          if (part.type === 'error' && !hasBegun) throw part.error;
          hasBegun ||= answers.has(part.type);
          hasFinished ||= part.type === 'finish';
          yield part;
        }
        if (hasBegun || hasFinished) return;
        throw new TypeError('The stream ended before it began.');
      } catch (error) {
        signal?.throwIfAborted();
        const pauseMs = hasBegun ? undefined : pauseBeforeRetry(error, attempt, this.patience);
        if (pauseMs === undefined) throw error;
        await delay(pauseMs, undefined, signal && { signal });
      }
    }
  }
}
