/** Whether a date such as 1/2/2026 is the first of February or the second of January. */
export type DateOrder = 'day-first' | 'month-first';

/** An instant of a cell: as ISO 8601 writes it, for each order of day and month that it can be read in. */
export interface TimeCell {
  readonly 'day-first': string | undefined;
  readonly 'month-first': string | undefined;
  /** Whether it is finer than the microsecond that is kept. */
  readonly isCut: boolean;
}

const MAX_LENGTH = 60;
const MICROSECOND_DIGITS = 6;
const clock =
  String.raw`(?:,?\s+|T)(?<hour>\d{1,2}):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d)(?:[.,](?<fraction>\d{1,12}))?)?` +
  String.raw`\s?(?<half>[ap]\.?m\.?)?\s?(?<zone>Z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?`;
const yearFirst = new RegExp(
  String.raw`^(?<year>\d{4})(?<by>[-/.])(?<one>\d{1,2})\k<by>(?<two>\d{1,2})(?:${clock})?$`,
  'i',
);
const yearLast = new RegExp(
  String.raw`^(?<one>\d{1,2})(?<by>[-/.])(?<two>\d{1,2})\k<by>(?<year>\d{4})(?:${clock})?$`,
  'i',
);

/** @returns undefined when the cell is no date that is in the calendar */
export function timeOf(cell: string): TimeCell | undefined {
  if (cell.length > MAX_LENGTH) return undefined;
  const text = cell.trim();
  const parts = yearFirst.exec(text)?.groups;
  if (parts) return timeFrom(parts, (time) => ({ 'day-first': time, 'month-first': time }), 'month-first');
  const local = yearLast.exec(text)?.groups;
  if (!local) return undefined;
  const dayFirst = isoOf(local, 'day-first');
  // With dots, the day is first everywhere.
  const monthFirst = local['by'] === '.' ? undefined : isoOf(local, 'month-first');
  if (dayFirst === undefined && monthFirst === undefined) return undefined;
  return { 'day-first': dayFirst, 'month-first': monthFirst, isCut: isCut(local) };
}

type Parts = Readonly<Record<string, string | undefined>>;

function timeFrom(
  parts: Parts,
  both: (time: string) => Pick<TimeCell, DateOrder>,
  order: DateOrder,
): TimeCell | undefined {
  const time = isoOf(parts, order);
  return time === undefined ? undefined : { ...both(time), isCut: isCut(parts) };
}

const isCut = ({ fraction = '' }: Parts): boolean => /[1-9]/.test(fraction.slice(MICROSECOND_DIGITS));

function isoOf(parts: Parts, order: DateOrder): string | undefined {
  const { year = '', one = '', two = '' } = parts;
  const [month, day] = order === 'month-first' ? [Number(one), Number(two)] : [Number(two), Number(one)];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), month - 1, day);
  if (year === '0000' || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const calendar = `${year}-${pad(month)}-${pad(day)}`;
  if (parts['hour'] === undefined) return calendar;
  const time = clockOf(parts);
  return time === undefined ? undefined : `${calendar}T${time}`;
}

function clockOf({ hour = '', minute = '', second = '00', fraction, half, zone }: Parts): string | undefined {
  let hours = Number(hour);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return undefined;
    hours = (hours % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
  }
  if (hours > 23) return undefined;
  const digits = fraction === undefined ? '' : `.${fraction.slice(0, MICROSECOND_DIGITS)}`;
  return `${pad(hours)}:${minute}:${second}${digits}${zoneOf(zone)}`;
}

function zoneOf(zone = ''): string {
  const [, sign, hours, minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`;
}

const pad = (value: number): string => String(value).padStart(2, '0');
