import type { JsonValue } from '@bulkhead/user-context';
import pg from 'pg';

export type AnswerType = 'number' | 'boolean' | 'timestamp' | 'text';

const { BOOL, INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC, TIMESTAMPTZ } = pg.types.builtins;
const typesById: ReadonlyMap<number, AnswerType> = new Map<number, AnswerType>([
  ...[INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC].map((id) => [id, 'number'] as const),
  [BOOL, 'boolean'],
  [TIMESTAMPTZ, 'timestamp'],
]);

/** What a column of PostgreSQL's type is in JSON. */
export const answerTypes = (dataTypeId: number): AnswerType => typesById.get(dataTypeId) ?? 'text';

/** An integer beyond what JSON's readers hold stays a text, as does what is no number in JSON. */
export function valueOf(cell: string | null, type: AnswerType): JsonValue {
  if (cell === null) return null;
  if (type === 'number') return isNumber(cell) ? Number(cell) : cell;
  if (type === 'boolean') return cell === 'true';
  if (type === 'timestamp') return cell.replace(/^(\S+) (\S+)\+00$/, '$1T$2Z');
  return cell;
}

function isNumber(cell: string): boolean {
  const value = Number(cell);
  return Number.isFinite(value) && (!/^-?\d+$/.test(cell) || Number.isSafeInteger(value));
}
