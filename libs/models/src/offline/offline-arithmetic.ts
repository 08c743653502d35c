const MAX_TEXT_LENGTH = 2_000;
const MAX_NESTING = 50;
const DIGITS = '0123456789';
const BLANKS = ' \t\u00a0';

const words: readonly (readonly [RegExp, string])[] = [
  [/(\d),(?=\d{3}(?!\d))/g, '$1'],
  [/([0-9.]+)\s*(?:%|percent)\s*of\b/gi, '$1 / 100 *'],
  [/\b(?:multiplied by|times)\b/gi, '*'],
  [/\bdivided by\b/gi, '/'],
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\bto the power of\b/gi, '^'],
  [/\bmod(?:ulo)?\b/gi, '%'],
  [/(?<=[\d)]\s*)[x×](?=\s*[\d(-])/gi, '*'],
  [/÷/g, '/'],
  [/[−–]/g, '-'],
  [/\*\*/g, '^'],
];
const asks = /\b(?:what|how much|compute|calculate|evaluate|work out|solve)\b|=/i;
const operation = /[0-9.)%]\s*[-+*/^%]\s*[-+(.0-9]/;
const date = /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\/\d{1,2}\/\d{2,4})$/;
/** Telephone numbers, ranges, fractions in prose. */
const ambiguous = /^[0-9./-]+$/;

/**
 * The first arithmetic expression in a text, in symbols: digits, `+ - * / ^ ( ) . %` and single blanks.
 * Undefined when there is none. Reads the first 2,000 characters.
 */
export function findExpression(text: string): string | undefined {
  const symbols = toSymbols(text);
  const asked = asks.test(text) || isExpression(text);
  for (let at = 0; at < symbols.length; at++) {
    if (/[\w.:+*/^%-]/.test(symbols[at - 1] ?? '')) continue;
    const end = readExpression(symbols, at, 0);
    if (end < 0 || /^(?:\w|[.:]\d)/.test(symbols.slice(end, end + 2))) continue;
    const found = symbols.slice(at, end);
    if (!operation.test(found) || date.test(found)) continue;
    if (asked || !ambiguous.test(found)) return found.replace(/\s+/g, ' ');
  }
  return undefined;
}

/** Whether the text is one arithmetic expression and nothing else. */
export function isExpression(text: string): boolean {
  const symbols = toSymbols(text).trim();
  return readExpression(symbols, 0, 0) === symbols.length && operation.test(symbols) && !date.test(symbols);
}

function toSymbols(text: string): string {
  return words.reduce(
    (result, [pattern, symbol]) => result.replace(pattern, symbol),
    text.slice(0, MAX_TEXT_LENGTH),
  );
}

/** Where the longest expression that starts at `start` ends; -1 when none does. */
function readExpression(text: string, start: number, nesting: number): number {
  let end = readOperand(text, start, nesting);
  while (end >= 0) {
    const operator = skip(text, end, BLANKS);
    const isOperator = operator < text.length && '+-*/^%'.includes(text.charAt(operator));
    const next = isOperator ? readOperand(text, skip(text, operator + 1, BLANKS), nesting) : -1;
    if (next >= 0) end = next;
    else if (text[end] === '%') end++;
    else break;
  }
  return end;
}

function readOperand(text: string, start: number, nesting: number): number {
  const at = skip(text, start, '+-');
  if (text[at] !== '(') return readNumber(text, at);
  if (nesting === MAX_NESTING) return -1;
  const inner = readExpression(text, skip(text, at + 1, BLANKS), nesting + 1);
  const close = skip(text, inner, BLANKS);
  return inner >= 0 && text[close] === ')' ? close + 1 : -1;
}

function readNumber(text: string, start: number): number {
  const whole = skip(text, start, DIGITS);
  const fraction = text[whole] === '.' ? skip(text, whole + 1, DIGITS) : whole;
  const end = fraction > whole + 1 ? fraction : whole;
  return end > start ? end : -1;
}

function skip(text: string, start: number, characters: string): number {
  let at = start;
  while (at >= 0 && at < text.length && characters.includes(text.charAt(at))) at++;
  return at;
}
