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

/** A number that JSON's readers would round stays a text, as does one that is none in JSON. */
export function valueOf(cell: string | null, type: AnswerType): JsonValue {
  if (cell === null) return null;
  if (type === 'number') return isExact(cell) ? Number(cell) : cell;
  if (type === 'boolean') return cell === 'true';
  if (type === 'timestamp') return cell.replace(/^(\S+) (\S+)\+00$/, '$1T$2Z');
  return cell;
}

function isExact(cell: string): boolean {
  const value = Number(cell);
  if (!Number.isFinite(value)) return false;
  if (/^-?\d+$/.test(cell)) return Number.isSafeInteger(value);
  return cell.includes('e') || significant(cell) === significant(decimalOf(value));
}

/** The digits that count: without sign, point, and zeros at both ends. */
const significant = (text: string): string => text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '');

/** Without an exponent. */
function decimalOf(value: number): string {
  const [digits = ''] = String(value).split('e');
  return digits;
}
