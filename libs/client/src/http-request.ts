import { ConnectionError, noAnswerFrom } from './connection.error.ts';
import { ProblemError, toProblem } from './problem.error.ts';

/** How long an answer may take, in milliseconds. A stream has no limit. */
const ANSWER_TIMEOUT_MS = 30_000;

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root of the server, with parameters already encoded. */
  readonly path: string;
  /** Absent values are left out. */
  readonly query?: object;
  readonly body?: object;
  /** A body that is no JSON. */
  readonly content?: { readonly type: string; readonly data: string | Blob };
  readonly token?: string;
  readonly accept?: 'application/json' | 'text/event-stream';
  readonly signal?: AbortSignal;
}

/**
 * The answer to a request that succeeded.
 * @throws ProblemError when the server refuses, ConnectionError when there is no answer, or the signal's reason
 */
export async function sendRequest(baseUrl: string, request: HttpRequest): Promise<Response> {
  const { method = 'GET', accept = 'application/json', body, token, content = toContent(body) } = request;
  const headers: Record<string, string> = { accept };
  if (content) headers['content-type'] = content.type;
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  const signal = signalOf(request);
  const response = await fetch(urlOf(baseUrl, request), {
    method,
    headers,
    ...(content && { body: content.data }),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    request.signal?.throwIfAborted();
    throw new ConnectionError(noAnswerFrom(baseUrl), { cause });
  });
  if (response.ok) return response;
  throw new ProblemError(toProblem(await response.json().catch(() => undefined), response.status));
}

/** @throws ConnectionError when the answer breaks off, or is no JSON; or the signal's reason */
export async function readJson<Body>(response: Response, signal?: AbortSignal): Promise<Body> {
  try {
    return (await response.json()) as Body;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ConnectionError(`The answer of ${response.url} can not be read.`, { cause });
  }
}

const toContent = (body: object | undefined): HttpRequest['content'] =>
  body && { type: 'application/json', data: JSON.stringify(body) };

/** Node 20 collects a timeout that only AbortSignal.any knows, and it never comes: here it lives as long as what waits. */
const limits = new WeakMap<AbortSignal, AbortSignal>();

function signalOf({ accept, signal }: HttpRequest): AbortSignal | undefined {
  if (accept === 'text/event-stream') return signal;
  const limit = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  if (!signal) return limit;
  const either = AbortSignal.any([signal, limit]);
  limits.set(either, limit);
  return either;
}

function urlOf(baseUrl: string, { path, query = {} }: HttpRequest): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(
    given.map(([name, value]) => [name, String(value)] as [string, string]),
  ).toString();
  return `${baseUrl}${path}${search && `?${search}`}`;
}
