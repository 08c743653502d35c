import type { ColumnType } from './table.ts';

/**
 * Narrowest first. Each takes less than PostgreSQL does, and whatever it takes, PostgreSQL casts: a cell that passed
 * can't fail a query later. Leading zeros are kept, so numbers of houses and articles are texts.
 */
const candidates: readonly (readonly [ColumnType, (cell: string) => boolean])[] = [
  ['integer', (cell) => /^-?(?:0|[1-9]\d{0,17})$/.test(cell)],
  ['numeric', (cell) => /^-?(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?$/.test(cell)],
  ['boolean', (cell) => /^(?:true|false)$/i.test(cell)],
  ['timestamp', isInstant],
];
const form =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/;

/** What the cells of one column have in common. */
export class ColumnTypes {
  #open = candidates;
  #isEmpty = true;

  /** Takes one more cell into account; empty ones fit every type. */
  add(cell: string): void {
    this.#isEmpty = false;
    this.#open = this.#open.filter(([, fits]) => fits(cell));
  }

  get type(): ColumnType {
    return this.#isEmpty ? 'text' : (this.#open[0]?.[0] ?? 'text');
  }
}

/** A date or time of ISO 8601 that exists in the calendar. */
function isInstant(cell: string): boolean {
  const [, year = '', month = '', day = ''] = form.exec(cell) ?? [];
  if (year === '' || year === '0000') return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  date.setUTCFullYear(Number(year));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
