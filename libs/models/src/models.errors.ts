import { APICallError } from '@ai-sdk/provider';
import { AppError, type AppErrorOptions, type ErrorKind } from '@bulkhead/errors';
import { readFailure, type FailureKind, type ProviderFailure } from './provider-failure.ts';

/** The configuration lacks a model, or what is needed to reach it. */
export class ModelNotConfiguredError extends AppError {
  readonly code = 'model_not_configured';
  readonly kind = 'invalid';

  /** @param key what to set, as a path in `ModelsOptions` @param problem what is wrong with it, without its value */
  constructor(key: string, problem: string) {
    super(`The models are not configured: \`${key}\` ${problem}`, { field: key });
  }
}

/**
 * The model's provider failed, refused or broke off. The message names the model and the HTTP status, nothing that
 * the provider sent. `failure` may be logged; the cause has it all, also the conversation.
 */
export class ModelFailedError extends AppError {
  readonly code: string = 'model_failed';
  readonly kind: ErrorKind = 'unavailable';
  readonly failure: ProviderFailure;

  /** The error for what was thrown, by its kind. Keeps an error of ours as it is. */
  static of(modelId: string, cause: unknown): ModelFailedError | ModelTimeoutError {
    if (cause instanceof ModelTimeoutError || cause instanceof ModelFailedError) return cause;
    const refusal = refusals[readFailure(cause).kind];
    return refusal ? new ModelRefusedError(modelId, cause, refusal) : new ModelFailedError(modelId, cause);
  }

  constructor(modelId: string, cause: unknown, explanation?: string) {
    const { failure } = readFailure(cause);
    const why = explanation === undefined ? explain(failure.status) : withStatus(explanation, failure);
    super(`The model "${modelId}" ${why}`, { cause, ...retryAfter(cause) });
    this.failure = failure;
  }
}

interface Refusal {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly explanation: string;
}

/** The same request would be refused again: something must be changed first. */
export class ModelRefusedError extends ModelFailedError {
  override readonly code: string;
  override readonly kind: ErrorKind;

  constructor(modelId: string, cause: unknown, { code, kind, explanation }: Refusal) {
    super(modelId, cause, explanation);
    this.code = code;
    this.kind = kind;
  }
}

const refusals: Readonly<Partial<Record<FailureKind, Refusal>>> = {
  'context too long': {
    code: 'model_context_too_long',
    kind: 'invalid',
    explanation:
      'can not take a conversation of this length<status>. Begin a new thread, or send less. The operator can lower CONTEXT_TOKENS.',
  },
  refused: {
    code: 'model_refused_request',
    kind: 'upstream',
    explanation: 'refused the request<status>. The operator finds the reason in the log.',
  },
  'access denied': {
    code: 'model_access_denied',
    kind: 'upstream',
    explanation: "refused the server's API key<status>. The operator must check the key and its rights.",
  },
  'not found': {
    code: 'model_not_found',
    kind: 'upstream',
    explanation:
      "was not found at its provider<status>. The operator must check the base URL and the model's name.",
  },
  'out of quota': {
    code: 'model_quota_exhausted',
    kind: 'upstream',
    explanation:
      "can not be used: the server's account at its provider is used up<status>. Tell the operator.",
  },
  'no model': {
    code: 'model_not_reached',
    kind: 'upstream',
    explanation:
      'was not reached: something else answered at its address, a web page or a redirect. The operator must check the base URL.',
  },
};

const withStatus = (explanation: string, { status = 0 }: ProviderFailure): string =>
  explanation.replace('<status>', status >= 300 ? ` (HTTP ${status})` : '');

/** Why there is no answer: how the model ended, or `empty` when it ended as if it had said something. */
export type NoAnswerReason = 'empty' | 'length' | 'content_filter' | 'malformed' | 'other';

const endings: Readonly<Record<NoAnswerReason, string>> = {
  empty: 'ended without a word. Ask again, or in other words.',
  length: 'used up its token limit before it said anything. Ask for less at once, or choose another model.',
  content_filter:
    "gave no answer: its provider's content filter blocked the question or the answer. Ask in other words.",
  malformed: 'tried to call a tool in a way that its provider could not read. Ask again.',
  other: 'stopped for a reason that its provider does not explain. Ask again, or choose another model.',
};

/** The model came to its end without an answer. `reason` says how. */
export class ModelGaveNoAnswerError extends AppError {
  readonly code = 'model_gave_no_answer';
  readonly kind = 'upstream';

  constructor(modelId: string, reason: NoAnswerReason) {
    super(`The model "${modelId}" ${endings[reason]}`, { reason } satisfies AppErrorOptions);
  }
}

const phases = {
  connect: 'did not begin to answer',
  'first token': 'did not begin its answer',
  stall: 'stopped in the middle of its answer',
} as const;

/** The model's provider took too long. */
export class ModelTimeoutError extends AppError {
  readonly code = 'model_timeout';
  readonly kind = 'unavailable';

  constructor(
    modelId: string,
    readonly phase: keyof typeof phases,
    timeoutMs: number,
  ) {
    super(`The model "${modelId}" ${phases[phase]} within ${timeoutMs / 1000} s. Try again in a moment.`, {
      limit: timeoutMs,
    });
  }
}

const explanations: Readonly<Record<number, string>> = {
  401: "refused the server's API key (HTTP 401). The operator must check the key.",
  403: "refused the server's API key (HTTP 403). The operator must check the key and its rights.",
  404: "was not found at its provider (HTTP 404). The operator must check the base URL and the model's name.",
  429: "is over its provider's limit (HTTP 429). Try again later.",
};

function explain(status: number | undefined): string {
  if (status === undefined || status < 300) return 'gave no complete answer. Try again in a moment.';
  return explanations[status] ?? `failed at its provider (HTTP ${status}). Try again in a moment.`;
}

/** Only the form in seconds: providers send no dates, and a date needs their clock. */
function retryAfter(cause: unknown): { retryAfterSeconds?: number } {
  const header = APICallError.isInstance(cause) ? cause.responseHeaders?.['retry-after'] : undefined;
  return header !== undefined && /^\d{1,5}$/.test(header) ? { retryAfterSeconds: Number(header) } : {};
}
