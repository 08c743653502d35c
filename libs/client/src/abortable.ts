/** Every call of the client takes one: aborting rejects it with the signal's reason. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What the promise gives, or a rejection with the signal's reason as soon as that aborts. The work itself goes on. */
export async function orAbort<Value>(promise: Promise<Value>, signal?: AbortSignal): Promise<Value> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
