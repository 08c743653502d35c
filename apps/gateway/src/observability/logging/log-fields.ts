import { redact, redactText } from '@bulkhead/audit';

/** What a field of a line can be. */
type FieldKind = 'id' | 'name' | 'reason' | 'number' | 'error' | 'record';

/**
 * Every field that a line can have. There is none for what users, agents or tools say, so none of that can be written:
 * a field that is not here is left out, whoever passes it.
 */
const fields: Readonly<Record<string, FieldKind>> = {
  requestId: 'id',
  userId: 'id',
  threadId: 'id',
  runId: 'id',
  agentName: 'name',
  toolName: 'name',
  event: 'name',
  route: 'name',
  method: 'name',
  step: 'name',
  outcome: 'name',
  code: 'name',
  why: 'reason',
  status: 'number',
  count: 'number',
  steps: 'number',
  toolCalls: 'number',
  durationMs: 'number',
  err: 'error',
  refusals: 'record',
};

const MAX_LENGTH = 128;
/** A code, its meaning and a sentence of the database about itself. */
const MAX_REASON_LENGTH = 256;
const LEFT_OUT = '[left out]';

/** A line's fields as they may be written. */
export function writable(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    written[name] = Object.hasOwn(fields, name) ? read(fields[name]!, value) : LEFT_OUT;
  }
  return written;
}

/** A sentence of our own; what it quotes of others is freed of secrets. */
export const writableText = (text: string): string => redactText(text);

function read(kind: FieldKind, value: unknown): unknown {
  switch (kind) {
    case 'id':
      return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value) ? value : LEFT_OUT;
    case 'name':
      return typeof value === 'string' && value.length <= MAX_LENGTH && !/[\p{Cc}]/u.test(value)
        ? value
        : LEFT_OUT;
    case 'reason':
      return typeof value === 'string'
        ? redactText(value.slice(0, MAX_REASON_LENGTH).replace(/\p{Cc}/gu, ' '))
        : LEFT_OUT;
    case 'number':
      return typeof value === 'number' ? value : LEFT_OUT;
    case 'error':
      return value instanceof Error ? errorOf(value) : LEFT_OUT;
    case 'record':
      return redact(value);
  }
}

function errorOf(error: Error): Record<string, unknown> {
  const { cause } = error;
  return {
    type: error.name,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(cause instanceof Error && { cause: errorOf(cause) }),
  };
}
