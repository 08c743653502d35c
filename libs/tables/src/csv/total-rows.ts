import type { CsvRow } from './csv-rows.ts';

/** Most rows of totals at the end. */
const MAX_TOTALS = 10;
const LONGEST_LABEL = 30;
/** Labels of a row of totals, in the languages of spreadsheets that are seen most. */
const label =
  /^(?:(?:grand|sub)[ -]?total|totals?|sum|gesamt(?:summe)?|summe|total g[eé]n[eé]ral|totale|suma|totaal|overall)\s*:?$/i;

/** A label first, and a figure behind it. */
function isTotal({ cells }: CsvRow): boolean {
  const first = cells.find((cell) => cell.trim() !== '')?.trim() ?? '';
  if (first.length > LONGEST_LABEL || !label.test(first)) return false;
  const others = cells.filter((cell) => cell.trim() !== '').slice(1);
  return others.length > 0 && others.every((cell) => /\d/.test(cell));
}

/**
 * Leaves out the totals that a spreadsheet adds at the end, which would count everything twice. A row of the same look
 * in between is a row.
 */
export class TotalRows {
  #held: CsvRow[] = [];

  /** The rows up to now that are none, in their order; the last may follow with the next call. */
  without(rows: readonly CsvRow[]): CsvRow[] {
    return rows.flatMap((row) => {
      if (this.#held.length < MAX_TOTALS && isTotal(row)) {
        this.#held.push(row);
        return [];
      }
      if (this.#held.length === 0) return [row];
      const released = [...this.#held, row];
      this.#held = [];
      return released;
    });
  }

  /** Where those are that no row came after. */
  get lines(): readonly number[] {
    return this.#held.map(({ line }) => line);
  }
}
