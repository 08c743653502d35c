import { numberOf } from './number-cell.ts';
import { timeOf } from './time-cell.ts';

const MAX_EXAMPLES = 3;

/** Cells that do not fit: how many, and where the first are. */
export class Misfits {
  readonly examples: { readonly line: number; readonly cell: string }[] = [];
  count = 0;

  add(line: number, cell: string): void {
    this.count += 1;
    if (this.examples.length < MAX_EXAMPLES) this.examples.push({ line, cell: cell.slice(0, MAX_KEPT) });
  }

  /** `line 3, line 7, line 9 and 4 more`. */
  get lines(): string {
    return this.told(() => '');
  }

  /** The same with the kind of each cell, never the cell: `line 3: letters`. */
  get kinds(): string {
    return this.told((cell) => `: ${kindOf(cell)}`);
  }

  told(add: (cell: string) => string): string {
    const told = this.examples.map(({ line, cell }) => `line ${line}${add(cell)}`).join(', ');
    const more = this.count - this.examples.length;
    return more > 0 ? `${told} and ${more} more` : told;
  }
}

const MAX_KEPT = 100;

function kindOf(cell: string): string {
  const text = cell.trim();
  if (/^(?:true|false)$/i.test(text)) return 'true or false';
  if (/^[-+]?0\d+(?:[.,]\d+)?$/.test(text)) return 'a number with leading zeros';
  if (numberOf(text)) return 'a number';
  if (timeOf(text)) return 'a date';
  if (/^[-+\d.,' ]+$/.test(text)) return 'digits and separators that are no number';
  if (!/\d/.test(text)) return /^[\p{L}\p{M}\s]+$/u.test(text) ? 'letters' : 'no digits';
  return 'digits and other characters';
}
