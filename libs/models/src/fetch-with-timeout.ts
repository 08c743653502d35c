import { ModelTimeoutError } from './models.errors.ts';

/** `fetch` that gives a server so long to begin its answer; the answer itself may take longer. */
export const fetchWithTimeout =
  (provider: string, timeoutMs: number, ask: typeof fetch = fetch): typeof fetch =>
  async (input, init) => {
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new ModelTimeoutError(provider, 'connect', timeoutMs)),
      timeoutMs,
    );
    const signals = [limit.signal, ...(init?.signal ? [init.signal] : [])];
    try {
      return await ask(input, { ...init, signal: AbortSignal.any(signals) });
    } catch (error) {
      throw limit.signal.aborted && !init?.signal?.aborted ? limit.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  };
