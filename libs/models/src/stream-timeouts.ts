import type { LanguageModel, ModelCallOptions, ModelStreamPart } from './model.contract.ts';
import { ModelTimeoutError } from './models.errors.ts';
import type { ModelTimeouts } from './models.options.ts';

/**
 * The parts of one attempt, as long as they come in time.
 * @throws ModelTimeoutError, the signal's reason, and whatever the provider throws
 */
export async function* watchedParts(
  model: LanguageModel,
  options: ModelCallOptions,
  patience: Pick<ModelTimeouts, 'firstTokenTimeoutMs' | 'stallTimeoutMs'>,
  hasBegun: () => boolean,
): AsyncGenerator<ModelStreamPart> {
  const limit = new AbortController();
  const signal = AbortSignal.any([limit.signal, ...(options.abortSignal ? [options.abortSignal] : [])]);
  const watch = (phase: ModelTimeoutError['phase'], timeoutMs: number) =>
    setTimeout(() => limit.abort(new ModelTimeoutError(model.modelId, phase, timeoutMs)), timeoutMs);
  let timer = watch('first token', patience.firstTokenTimeoutMs);
  let close = (): void => undefined;
  try {
    const { stream } = await untilAborted(model.doStream({ ...options, abortSignal: signal }), signal);
    const reader = stream.getReader();
    close = () => void reader.cancel().catch(() => undefined);
    for (;;) {
      const next = await untilAborted(reader.read(), signal);
      if (next.done) return;
      yield next.value;
      if (!hasBegun()) continue;
      clearTimeout(timer);
      timer = watch('stall', patience.stallTimeoutMs);
    }
  } finally {
    clearTimeout(timer);
    // Also ends the connection of an attempt that nobody waits for any more.
    limit.abort();
    close();
  }
}

function untilAborted<R>(work: PromiseLike<R>, signal: AbortSignal): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    Promise.resolve(work)
      .then(resolve, (error: unknown) => reject((signal.aborted ? signal.reason : error) as Error))
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
