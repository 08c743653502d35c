import { APICallError } from '@ai-sdk/provider';

/** A provider's account of a failure, as far as it can hold neither content nor a key. For the operator's log. */
export interface ProviderFailure {
  /** HTTP status. */
  readonly status?: number;
  /** The provider's own code, e.g. `context_length_exceeded` or `3230`. */
  readonly code?: string;
  /** The provider's own type, e.g. `invalid_request_error`. */
  readonly type?: string;
  /** Names the request to the provider's support. */
  readonly requestId?: string;
}

/** What kind of trouble it is: `passing` alone is worth another attempt. */
export type FailureKind =
  | 'passing'
  | 'context too long'
  | 'refused'
  | 'access denied'
  | 'not found'
  | 'out of quota'
  | 'no model'
  | 'unknown';

/** Something else than a model answered: a web page, as a rule. */
export class NoModelError extends Error {
  override readonly name = 'NoModelError';
}

const CODE = /^(?:[A-Za-z][A-Za-z0-9_.]{0,63}|\d{1,6})$/;
const ID = /^[\w-]{1,128}$/;
const ID_HEADERS = [
  'x-request-id',
  'request-id',
  'mistral-correlation-id',
  'x-ds-trace-id',
  'x-goog-request-id',
];

/** Sources: what OpenAI, Anthropic, Google, Mistral, DeepSeek, vLLM, SGLang, llama.cpp, Ollama and Groq say. */
const TOO_LONG =
  /context[ _-]?(?:length|window|size)|prompt (?:is )?too long|input (?:is )?too long|too many (?:input |total )?tokens|exceeds? the (?:maximum|max|available) (?:number of )?(?:tokens|context|input)|too large for model|request[ _]too[ _]large|longer than the model/i;
const OUT_OF_QUOTA =
  /insufficient[ _](?:quota|balance|credits?|funds)|credit balance|billing|payment required|more credits/i;
const BAD_KEY = /api[ _]key(?: is)? (?:not valid|invalid|expired)|invalid[ _]api[ _]key|api_key_invalid/i;
const PASSING =
  /rate_?limit|overloaded|server_?error|internal|unavailable|timeout|resource_exhausted|api_error|try again/i;

/** Reads whatever a provider, its SDK or the network makes of a failure. */
export function readFailure(cause: unknown): {
  readonly failure: ProviderFailure;
  readonly kind: FailureKind;
} {
  const said = saidBy(cause);
  const failure: ProviderFailure = {
    ...(said.status !== undefined && { status: said.status }),
    ...(CODE.test(said.code) && { code: said.code }),
    ...(CODE.test(said.type) && { type: said.type }),
    ...(ID.test(said.requestId) && { requestId: said.requestId }),
  };
  return { failure, kind: hasNoModel(cause) ? 'no model' : kindOf(said) };
}

interface Said {
  readonly status: number | undefined;
  readonly code: string;
  readonly type: string;
  readonly requestId: string;
  readonly message: string;
}

function saidBy(cause: unknown): Said {
  const call = APICallError.isInstance(cause) ? cause : undefined;
  const body = call ? (call.data ?? parsed(call.responseBody)) : cause;
  const outer = recordOf(Array.isArray(body) ? body[0] : body);
  const inner =
    typeof outer['error'] === 'string' ? { message: outer['error'] } : recordOf(outer['error'] ?? outer);
  const code = textOf(inner['code'] ?? outer['code']);
  const numeric = /^[45]\d\d$/.test(code) ? Number(code) : undefined;
  const headers = call?.responseHeaders ?? {};
  return {
    // Some servers stream the status of a failure, after a 200.
    status:
      call?.statusCode !== undefined && call.statusCode >= 300
        ? call.statusCode
        : (numeric ?? call?.statusCode),
    code,
    type: textOf(inner['type'] ?? inner['status'] ?? outer['type']),
    requestId:
      ID_HEADERS.map((name) => headers[name]).find((id) => id !== undefined) ?? textOf(outer['request_id']),
    // Some repeat what they were sent: the begin is the provider's own.
    message: [textOf(inner['message']), textOf(inner['detail']), call?.message ?? '']
      .map((text) => text.slice(0, 300))
      .join(' '),
  };
}

function kindOf({ status = 0, code, type, message }: Said): FailureKind {
  const all = `${code} ${type} ${message}`;
  const isRefusal = status >= 400 && status < 500;
  const hasStatus = status >= 300;
  if ((!hasStatus || isRefusal || status === 500) && status !== 429 && TOO_LONG.test(all))
    return 'context too long';
  if (status === 413) return 'context too long';
  if (
    status === 402 ||
    (status === 429 ? /insufficient_quota/.test(`${code} ${type}`) : OUT_OF_QUOTA.test(all))
  ) {
    return 'out of quota';
  }
  if (status === 401 || status === 403 || BAD_KEY.test(all)) return 'access denied';
  if (status === 404 || /model_not_found/.test(code)) return 'not found';
  if ([408, 409, 425, 429].includes(status) || (status >= 500 && status !== 501)) return 'passing';
  if (isRefusal || status === 501) return 'refused';
  if (hasStatus) return 'no model';
  if (/authentication|permission/i.test(type)) return 'access denied';
  if (/invalid_?request|bad_?request|invalid_argument/i.test(`${code} ${type}`)) return 'refused';
  return PASSING.test(`${code} ${type}`) ? 'passing' : 'unknown';
}

/** At any depth: SDKs wrap what breaks a stream. */
function hasNoModel(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  if ('name' in error && error.name === 'NoModelError') return true;
  return 'cause' in error && hasNoModel(error.cause, depth + 1);
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '') as unknown;
  } catch {
    return undefined;
  }
}
