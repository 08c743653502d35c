import type { JsonRecord } from '@bulkhead/user-context';
import type { ToolCall } from './chat-message.ts';

/** Reads the arguments as a model wrote them. Never throws: what is no JSON object is kept as it is. */
export function readToolCall(id: string, name: string, written: string): ToolCall {
  // Servers send nothing at all for a tool without parameters.
  const parsed = written.trim() === '' ? {} : parseObject(written);
  return parsed ? { id, name, arguments: parsed } : { id, name, invalidArguments: written };
}

function parseObject(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text, refuseUnstorable);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What storing would change: then other arguments would be checked and executed than the model wrote. JSON.parse reads
 * 1e999 as Infinity, which becomes null; a key `__proto__` is dropped by the durable engine.
 */
function refuseUnstorable(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('Number out of range');
  if (key === '__proto__') throw new RangeError('A key that is no name');
  return value;
}
