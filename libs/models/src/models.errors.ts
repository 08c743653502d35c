import { APICallError } from '@ai-sdk/provider';
import { AppError } from '@bulkhead/errors';

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
 * the provider sent. The cause has it all, also the conversation: log it only where conversations may be read.
 */
export class ModelFailedError extends AppError {
  readonly code = 'model_failed';
  readonly kind = 'unavailable';

  /** Keeps an error of ours as it is. */
  static of(modelId: string, cause: unknown): ModelFailedError | ModelTimeoutError {
    return cause instanceof ModelTimeoutError ? cause : new ModelFailedError(modelId, cause);
  }

  constructor(modelId: string, cause: unknown) {
    const status = APICallError.isInstance(cause) ? cause.statusCode : undefined;
    super(`The model "${modelId}" ${explain(status)}`, { cause, ...retryAfter(cause) });
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
