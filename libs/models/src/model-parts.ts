import type { LanguageModel, ModelCallOptions, ModelStream, ModelStreamPart } from './model.contract.ts';
import { ModelFailedError } from './models.errors.ts';

type AbortableOptions = ModelCallOptions & { abortSignal: AbortSignal };

/**
 * The parts of one streamed answer. Leaving the loop, or aborting, releases the provider's connection;
 * after an abort the parts simply end.
 * @throws ModelFailedError for whatever the provider throws
 * @throws the signal's reason when aborted before the stream opens
 */
export async function* openParts(
  model: LanguageModel,
  options: AbortableOptions,
): AsyncGenerator<ModelStreamPart, void> {
  const { abortSignal: signal } = options;
  let release = (): void => undefined;
  try {
    const reader = (await openStream(model, options)).getReader();
    release = () => void reader.cancel(signal.reason).catch(() => undefined);
    signal.addEventListener('abort', release, { once: true });
    if (signal.aborted) return;
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (cause) {
    signal.throwIfAborted();
    throw ModelFailedError.of(model.modelId, cause);
  } finally {
    signal.removeEventListener('abort', release);
    release();
  }
}

/** Does not wait for a provider that ignores the signal; a stream that opens too late is closed. */
function openStream(model: LanguageModel, options: AbortableOptions): Promise<ModelStream['stream']> {
  const { abortSignal: signal } = options;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    const opening = async (): Promise<void> => {
      const { stream } = await model.doStream(options);
      if (signal.aborted) await stream.cancel(signal.reason);
      resolve(stream);
    };
    opening()
      .catch(reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
