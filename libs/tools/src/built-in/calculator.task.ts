import { createEvaluator } from './calculator-functions.ts';

export type Calculated = { readonly result: string } | { readonly refused: string };

const printable: ReadonlySet<string> = new Set(['number', 'Complex', 'boolean']);
const { evaluate, math } = createEvaluator();

export default function calculate(expression: string): Calculated {
  let value: unknown;
  try {
    // "37 × 43" is how people and models write it.
    value = evaluate(expression.replaceAll('×', '*').replaceAll('÷', '/'));
  } catch {
    return { refused: 'The expression can not be evaluated. Check its syntax; only arithmetic is known.' };
  }
  if (!printable.has(math.typeOf(value))) return { refused: 'The expression has no number as its result.' };
  return { result: math.format(value, { precision: 14, lowerExp: -9, upperExp: 15 }) };
}
