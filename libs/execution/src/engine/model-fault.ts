import { AppError } from '@bulkhead/errors';
import { ModelFailedError } from '@bulkhead/models';

/** What the log may have of a model call that failed: neither the conversation nor the provider's words. */
export function faultOf(error: unknown): { readonly [field: string]: unknown } {
  if (error instanceof ModelFailedError) return { code: error.code, ...prefixed(error.failure) };
  if (error instanceof AppError) return { code: error.code, reason: error.details.reason };
  return { err: error };
}

const prefixed = ({ status, code, type, requestId }: ModelFailedError['failure']) => ({
  providerStatus: status,
  providerCode: code,
  providerType: type,
  providerRequestId: requestId,
});
