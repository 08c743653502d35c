const MAX_ANSWER_BYTES = 4_000_000;
const GRACE_MS = 5_000;

/**
 * `fetch` for one server: answers are bounded in size and time, and no stream is open without a request of ours. An
 * error of JSON-RPC is handed on as one with whatever status and id it comes, since servers disagree on both; 404 keeps
 * its own meaning (Streamable HTTP, session management).
 */
export function boundedFetch(timeoutMs: number, ask: typeof fetch = fetch) {
  return async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    // Nothing that a server says unasked is of use here, and such a stream has no end. 405: there is none.
    if (init.method === 'GET' && !headers.has('last-event-id')) return new Response(null, { status: 405 });
    const limit = AbortSignal.timeout(timeoutMs + GRACE_MS);
    const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
    const response = await ask(url, { ...init, signal });
    if (!response.body) return response;
    const { status, statusText } = response;
    const counted = response.body.pipeThrough(counting());
    const bounded = new Response(counted, { status, statusText, headers: response.headers });
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return init.method === 'POST' && isJson && status !== 404 ? mended(bounded, init.body) : bounded;
  };
}

/** An answer is held whole before it is read: one without end must not fill the memory. */
function counting(): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  return new TransformStream({
    transform: (piece, controller) => {
      size += piece.byteLength;
      if (size > MAX_ANSWER_BYTES) controller.error(new Error('The answer is too large.'));
      else controller.enqueue(piece);
    },
  });
}

async function mended(response: Response, request: unknown): Promise<Response> {
  const text = await response.text();
  const { status, statusText, headers } = response;
  const error = errorIn(text);
  const id = error && idOf(request);
  if (id === undefined) return new Response(text, { status, statusText, headers });
  return Response.json({ jsonrpc: '2.0', id, error }, { headers: { 'content-type': 'application/json' } });
}

/** What JSON-RPC calls an error. */
interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

function errorIn(text: string): RpcError | undefined {
  const { error } = (parsed(text) ?? {}) as { error?: Partial<RpcError> | null };
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message = '', data } = error;
  // Codes and messages of other types would make the answer none.
  return { code: Number.isInteger(code) ? Number(code) : -32_603, message: String(message), data };
}

function idOf(request: unknown): string | number | undefined {
  const { id } = (typeof request === 'string' ? (parsed(request) ?? {}) : {}) as { id?: unknown };
  return typeof id === 'number' || typeof id === 'string' ? id : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
