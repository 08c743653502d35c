import type { ColumnType } from '../table.ts';
import type { CellFormat, ColumnProfile, ColumnReading } from './column-profile.ts';
import type { Delimiter } from './csv-dialect.ts';
import { numberOf, type Decimal } from './number-cell.ts';
import { placeholderOf } from './placeholders.ts';
import { timeOf, type DateOrder } from './time-cell.ts';

/** From which share on a column's numbers, or dates, are worth a word where others keep them from being such. */
const MOSTLY = 0.5;

/**
 * How a column is stored. One that can be read in two ways is read as the request says, or else as the rest of the
 * file; where neither says anything it stays text, and a note says why.
 * @param asked by the request
 * @param shown by the file
 */
export function readingOf(
  profile: ColumnProfile,
  asked: CellFormat,
  shown: CellFormat & { readonly delimiter: Delimiter },
): ColumnReading {
  const { count, nonNumbers, nonTimes, nonBooleans } = profile;
  if (count === 0) return text();
  if (nonBooleans.count === 0) return typed('boolean', profile, [], (cell) => cell.trim());
  if (nonNumbers.count === 0) return numbers(profile, asked, shown);
  if (nonTimes.count === 0) return times(profile, asked, shown);
  if (nonNumbers.count <= count * MOSTLY)
    return text(misfit('numbers', nonNumbers.count, count, nonNumbers.kinds));
  if (nonTimes.count <= count * MOSTLY) return text(misfit('dates', nonTimes.count, count, nonTimes.kinds));
  return text();
}

const misfit = (what: string, misfits: number, count: number, kinds: string): string =>
  `Text, not ${what}: ${misfits} of ${count} cells ${misfits === 1 ? 'is' : 'are'} something else (${kinds}).`;

function numbers(
  profile: ColumnProfile,
  asked: CellFormat,
  shown: CellFormat & { readonly delimiter: Delimiter },
): ColumnReading {
  const { misreadAs, twofold, units } = profile;
  const found = [...units].filter(([unit]) => unit !== '');
  if (found.length > 1 || (units.has('%') && units.size > 1)) {
    const lines = [...units].map(([unit, line]) => `${unit || 'none'} on line ${line}`).join(', ');
    return text(`Text, not numbers: the cells have different units (${lines}).`);
  }
  if (misreadAs.point.count > 0 && misreadAs.comma.count > 0) {
    return text(
      `Text, not numbers: some have a decimal comma (${misreadAs.point.lines}), others a decimal point (${misreadAs.comma.lines}).`,
    );
  }
  const decimal = decimalOf(profile, asked, shown);
  if (decimal === undefined) {
    return text(
      `Text, not numbers: each can be read with a decimal point or with a decimal comma (${twofold.lines}). ` +
        'Upload the file again with `decimal=point` or `decimal=comma`.',
    );
  }
  const [[unit] = []] = found;
  const notes = [
    ...(unit === '%' ? ['Percentages: 12 % is stored as 12.'] : []),
    ...(unit !== undefined && unit !== '%' ? [`Amounts in ${unit}.`] : []),
    ...(unit !== undefined && unit !== '%' && units.has('')
      ? [`Some have no currency, the first on line ${units.get('')}.`]
      : []),
    ...(misreadAs.point.count > 0 ? ['Read with decimal commas.'] : []),
    ...(twofold.count > 0 &&
    misreadAs.point.count === 0 &&
    misreadAs.comma.count === 0 &&
    asked.decimal === undefined
      ? [`Read with a decimal ${decimal}, though each could be read otherwise (${twofold.lines}).`]
      : []),
  ];
  const type = profile.areIntegers[decimal] ? 'integer' : 'numeric';
  return typed(type, profile, notes, (cell) => numberOf(cell)?.[decimal] ?? null);
}

function decimalOf(
  { misreadAs, twofold, hasTwofoldComma }: ColumnProfile,
  asked: CellFormat,
  shown: CellFormat & { readonly delimiter: Delimiter },
): Decimal | undefined {
  if (misreadAs.point.count > 0) return 'comma';
  if (misreadAs.comma.count > 0 || twofold.count === 0) return 'point';
  const known = asked.decimal ?? shown.decimal;
  if (known !== undefined) return known;
  // Programs write a decimal point; only where commas are decimal are files separated by semicolons.
  return hasTwofoldComma || shown.delimiter === 'semicolon' ? undefined : 'point';
}

function times(profile: ColumnProfile, asked: CellFormat, shown: CellFormat): ColumnReading {
  const { misdatedAs, twofoldDates, cutTimes } = profile;
  const isOpen = misdatedAs['day-first'].count === 0 && misdatedAs['month-first'].count === 0;
  if (misdatedAs['day-first'].count > 0 && misdatedAs['month-first'].count > 0) {
    return text(
      `Text, not dates: some have the day first (${misdatedAs['month-first'].lines}), others the month (${misdatedAs['day-first'].lines}).`,
    );
  }
  const proven: DateOrder = misdatedAs['day-first'].count > 0 ? 'month-first' : 'day-first';
  const order = isOpen && twofoldDates.count > 0 ? (asked.dateOrder ?? shown.dateOrder) : proven;
  if (order === undefined) {
    return text(
      `Text, not dates: day and month can't be told apart (${twofoldDates.lines}). ` +
        'Upload the file again with `dateOrder=day-first` or `dateOrder=month-first`.',
    );
  }
  const notes = [
    ...(twofoldDates.count > 0 && asked.dateOrder === undefined
      ? [`Dates are read with the ${order === 'day-first' ? 'day' : 'month'} first, as the file shows.`]
      : []),
    ...(cutTimes.count > 0 ? ['Times finer than a microsecond are cut.'] : []),
  ];
  return typed('timestamp', profile, notes, (cell) => timeOf(cell)?.[order] ?? null);
}

function typed(
  type: ColumnType,
  { placeholders }: ColumnProfile,
  notes: readonly string[],
  store: ColumnReading['store'],
): ColumnReading {
  const empty = `Without a value: ${placeholders.told((cell) => `: ${cell}`)}.`;
  return {
    type,
    notes: placeholders.count > 0 ? [...notes, empty] : notes,
    store: (cell) => (cell.trim() === '' || placeholderOf(cell) !== undefined ? null : store(cell)),
  };
}

const text = (...notes: string[]): ColumnReading => ({
  type: 'text',
  notes,
  store: (cell) => (cell === '' ? null : cell),
});
