import { Injectable } from '@nestjs/common';
import type { JsonValue } from '@bulkhead/user-context';
import type { Tool } from '../tool.contract.ts';
import { ToolRefusalError } from '../tools.errors.ts';
import { createEvaluator } from './calculator-functions.ts';

const MAX_EXPRESSION_LENGTH = 500;
const printable: ReadonlySet<string> = new Set(['number', 'Complex', 'boolean']);

/** Arithmetic by a real expression parser: nothing is evaluated as code. */
@Injectable()
export class CalculatorTool implements Tool<{ expression: string }> {
  readonly name = 'calculator';
  readonly description =
    'Evaluates an arithmetic expression, e.g. "37 * 43", "2^10 / 4", "sqrt(2)". Use it for every calculation.';
  readonly permission = 'tools:calculator';
  readonly sideEffect = 'none';
  readonly parameters = {
    type: 'object',
    properties: { expression: { type: 'string', minLength: 1, maxLength: MAX_EXPRESSION_LENGTH } },
    required: ['expression'],
  } as const;
  readonly #calculator = createEvaluator();

  execute({ expression }: { expression: string }): Promise<JsonValue> {
    return Promise.resolve({ result: this.#evaluate(expression) });
  }

  #evaluate(expression: string): string {
    const { evaluate, math } = this.#calculator;
    let value: unknown;
    try {
      // "37 × 43" is how people and models write it.
      value = evaluate(expression.replaceAll('×', '*').replaceAll('÷', '/'));
    } catch (cause) {
      const reason = 'The expression can not be evaluated. Check its syntax; only arithmetic is known.';
      throw new ToolRefusalError(reason, { cause, field: 'expression' });
    }
    if (!printable.has(math.typeOf(value))) {
      throw new ToolRefusalError('The expression has no number as its result.', { field: 'expression' });
    }
    return math.format(value, { precision: 14, lowerExp: -9, upperExp: 15 });
  }
}
