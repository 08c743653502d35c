import type { JsonRecord } from '@bulkhead/user-context';

/** Hears the name of what is left out of a stream, never its content. */
export type LeaveOut = (what: string) => void;

/** Makes of each chunk of one stream what the provider's SDK can read. */
export interface ChunkMender {
  /**
   * @param event the name of the server-sent event, if it has one
   * @returns the chunks to go on with, in order; none when there is nothing in it
   */
  mend(chunk: JsonRecord, event: string | undefined): readonly object[];
  /** At the end of a stream that did not break off. */
  end?(): readonly object[];
}

/** A protocol's mender for one stream. */
export type Mending = (leaveOut: LeaveOut) => ChunkMender;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const recordsIn = (value: unknown): JsonRecord[] =>
  (Array.isArray(value) ? value : isRecord(value) ? [value] : []).filter(isRecord);

/** The record's fields of one type; others are as good as absent. */
export function textFields<Name extends string>(
  record: JsonRecord,
  ...names: readonly Name[]
): Partial<Record<Name, string>> {
  return Object.fromEntries(
    names.flatMap((name) => (typeof record[name] === 'string' ? [[name, record[name]] as const] : [])),
  ) as Partial<Record<Name, string>>;
}

/** Numbers at any depth; nothing else, as usage consists of them. */
export function numbersIn(value: unknown): JsonRecord | undefined {
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const kept = typeof inner === 'number' ? inner : numbersIn(inner);
      return kept === undefined ? [] : [[key, kept] as const];
    }),
  );
}

/** An error in a stream, in the shape that the SDKs of chat completions and Google know. */
export function errorIn(chunk: JsonRecord, event: string | undefined): JsonRecord | undefined {
  const { error } = chunk;
  if (typeof error === 'string' && error !== '') return { message: error };
  if (isRecord(error)) return error;
  const isError = event === 'error' || chunk['object'] === 'error' || chunk['type'] === 'error';
  return isError ? chunk : undefined;
}
