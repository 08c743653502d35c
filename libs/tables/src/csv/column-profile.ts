import type { ColumnType } from '../table.ts';
import type { Delimiter } from './csv-dialect.ts';
import { Misfits } from './misfits.ts';
import { numberOf, type Decimal } from './number-cell.ts';
import { placeholderOf } from './placeholders.ts';
import { timeOf, type DateOrder } from './time-cell.ts';

/** How what can be read in two ways is to be read; absent: as the file shows, or not at all. */
export interface CellFormat {
  readonly decimal?: Decimal | undefined;
  readonly dateOrder?: DateOrder | undefined;
}

/** What a column's cells are, and how each of them is stored. */
export interface ColumnReading {
  readonly type: ColumnType;
  /** What was done with cells that need saying, in sentences. */
  readonly notes: readonly string[];
  /** The cell as SQL casts it to the column's type; null where it holds no value. */
  store(cell: string): string | null;
}

const MAX_UNITS = 5;
const integer = /^-?(?:0|[1-9]\d{0,17})$/;

/** Counts, over all cells of one column, in which ways they can be read. */
export class ColumnProfile {
  readonly placeholders = new Misfits();
  readonly nonNumbers = new Misfits();
  readonly nonTimes = new Misfits();
  readonly nonBooleans = new Misfits();
  /** Cells that are no number with this decimal separator, though they are with the other. */
  readonly misreadAs = { point: new Misfits(), comma: new Misfits() };
  readonly misdatedAs = { 'day-first': new Misfits(), 'month-first': new Misfits() };
  /** Cells that are another number with each of the decimal separators. */
  readonly twofold = new Misfits();
  readonly twofoldDates = new Misfits();
  readonly cutTimes = new Misfits();
  /** Each unit, and the line that it is first on; the empty one for numbers without. */
  readonly units = new Map<string, number>();
  /** Whether all are integers with this decimal separator. */
  readonly areIntegers = { point: true, comma: true };
  hasTwofoldComma = false;
  count = 0;

  /** Takes one more cell into account; one without a character is none. */
  add(cell: string, line: number): void {
    if (cell.trim() === '') return;
    const placeholder = placeholderOf(cell);
    if (placeholder !== undefined) return this.placeholders.add(line, placeholder);
    this.count += 1;
    if (!/^(?:true|false)$/i.test(cell.trim())) this.nonBooleans.add(line, cell);
    this.#addNumber(cell, line);
    // A column of numbers is none of times.
    if (this.nonNumbers.count > 0 || this.count === 1) this.#addTime(cell, line);
    else this.nonTimes.add(line, cell);
  }

  #addNumber(cell: string, line: number): void {
    const number = numberOf(cell);
    if (!number) return this.nonNumbers.add(line, cell);
    const { point, comma, unit = '' } = number;
    for (const [decimal, value] of [['point', point] as const, ['comma', comma] as const]) {
      if (value === undefined) this.misreadAs[decimal].add(line, cell);
      else if (!integer.test(value)) this.areIntegers[decimal] = false;
    }
    if (point !== undefined && comma !== undefined && point !== comma) {
      this.twofold.add(line, cell);
      this.hasTwofoldComma ||= cell.includes(',');
    }
    if (!this.units.has(unit) && this.units.size < MAX_UNITS) this.units.set(unit, line);
  }

  #addTime(cell: string, line: number): void {
    const time = timeOf(cell);
    if (!time) return this.nonTimes.add(line, cell);
    if (time.isCut) this.cutTimes.add(line, cell);
    const dayFirst = time['day-first'];
    const monthFirst = time['month-first'];
    if (dayFirst === undefined) this.misdatedAs['day-first'].add(line, cell);
    else if (monthFirst === undefined) this.misdatedAs['month-first'].add(line, cell);
    else if (dayFirst !== monthFirst) this.twofoldDates.add(line, cell);
  }

  /** The decimal separator and the order of dates that this column alone proves. */
  get evidence(): CellFormat {
    const decimal = only(this.count > 0 && this.nonNumbers.count === 0, this.misreadAs);
    const dateOrder = only(this.count > 0 && this.nonTimes.count === 0, this.misdatedAs);
    return { decimal, dateOrder };
  }
}

/** The one of two ways in which no cell is misread, if there is one and the other has some. */
function only<Way extends string>(
  applies: boolean,
  misread: Readonly<Record<Way, Misfits>>,
): Way | undefined {
  const ways = Object.keys(misread) as Way[];
  const fitting = ways.filter((way) => misread[way].count === 0);
  return applies && fitting.length === 1 ? fitting[0] : undefined;
}

/** What all columns of a file prove together; nothing where they contradict each other. */
export function formatOf(
  profiles: readonly ColumnProfile[],
  delimiter: Delimiter,
): CellFormat & { delimiter: Delimiter } {
  const agreed = <Key extends keyof CellFormat>(key: Key): CellFormat[Key] => {
    const proven = new Set(profiles.map(({ evidence }) => evidence[key]).filter((way) => way !== undefined));
    return proven.size === 1 ? [...proven][0] : undefined;
  };
  return { decimal: agreed('decimal'), dateOrder: agreed('dateOrder'), delimiter };
}
