/** Which character separates the decimals. */
export type Decimal = 'point' | 'comma';

/** A number of a cell: as SQL writes it, for each decimal separator that it can be read with. */
export interface NumberCell {
  readonly point: string | undefined;
  readonly comma: string | undefined;
  /** Its currency (ISO 4217 where the sign has one), or `%`. */
  readonly unit: string | undefined;
}

/** Longest cell that can be a number; longer ones are not looked at. */
const MAX_LENGTH = 80;
const MAX_DIGITS = 30;
const plain = /^-?(?:0|[1-9]\d{0,17})(?:\.(?:\d{1,2}|\d{4,30}))?$/;
const unit = String.raw`(?:[A-Z]{1,2})?\p{Sc}|[A-Z]{3}|kr\.?|z\u0142|K\u010d|Ft|Fr\.?|%`;
const shape = new RegExp(
  String.raw`^(?<open>\()?\s*(?<sign>[+-])?\s*(?<before>${unit})?\s*(?<inner>[+-])?\s*` +
    String.raw`(?<digits>[.,\d](?:[\d.,' ]*\d)?\.?)(?:[eE](?<exponent>[+-]?\d{1,2}))?\s*(?<after>${unit})?\s*(?<behind>-)?(?<close>\))?$`,
  'u',
);
/** In groups of three, all by the same character, or as in India (12,34,567). */
const forms: Readonly<Record<Decimal, RegExp>> = {
  point:
    /^(?<whole>\d+|\d{1,3}(?<by>[, '])\d{3}(?:\k<by>\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3})?(?:\.(?<decimals>\d*))?$/,
  comma: /^(?<whole>\d+|\d{1,3}(?<by>[. '])\d{3}(?:\k<by>\d{3})*)?(?:,(?<decimals>\d*))?$/,
};
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const signs: Readonly<Record<string, string>> = { $: 'USD', US$: 'USD', '€': 'EUR', '£': 'GBP', '₹': 'INR' };

/** @returns undefined when the cell is no number: words, leading zeros, too many digits */
export function numberOf(cell: string): NumberCell | undefined {
  if (plain.test(cell)) return { point: cell, comma: cell.includes('.') ? undefined : cell, unit: undefined };
  if (cell.length > MAX_LENGTH || !/\d/.test(cell)) return undefined;
  const text = cell
    .trim()
    .replace(/[\u00a0\u2007\u2009\u202f]/g, ' ')
    .replace(/\u2212/g, '-')
    .replace(/\u2019/g, "'");
  const found = shape.exec(text)?.groups;
  if (!found) return undefined;
  const { open, sign, before, inner, digits = '', exponent, after, behind, close } = found;
  const signsFound = [sign, inner, behind, open].filter((part) => part !== undefined);
  if (signsFound.length > 1 || (open === undefined) !== (close === undefined) || (before && after))
    return undefined;
  const mark = before ?? after;
  const named = mark === undefined ? undefined : unitOf(mark);
  if (mark !== undefined && named === undefined) return undefined;
  const isNegative = signsFound.some((part) => part !== '+');
  const as = (decimal: Decimal): string | undefined => canonical(digits, decimal, isNegative, exponent);
  const [point, comma] = [as('point'), as('comma')];
  return point === undefined && comma === undefined ? undefined : { point, comma, unit: named };
}

/** Nothing but a sign of its own, or a code that ISO 4217 knows. */
function unitOf(mark: string): string | undefined {
  if (/^[A-Z]{3}$/.test(mark) && !currencies.has(mark)) return undefined;
  return signs[mark] ?? mark;
}

function canonical(
  digits: string,
  decimal: Decimal,
  isNegative: boolean,
  exponent?: string,
): string | undefined {
  const { whole, decimals } = forms[decimal].exec(digits)?.groups ?? {};
  if (whole === undefined && !decimals) return undefined;
  const bare = (whole ?? '0').replace(/[^\d]/g, '');
  if ((bare.length > 1 && bare.startsWith('0')) || bare.length > MAX_DIGITS) return undefined;
  if (decimals !== undefined && decimals.length > MAX_DIGITS) return undefined;
  const fraction = decimals ? `.${decimals}` : '';
  return `${isNegative ? '-' : ''}${bare}${fraction}${exponent === undefined ? '' : `e${exponent}`}`;
}
