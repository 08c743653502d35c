import * as mathjs from 'mathjs';

const names = [
  'evaluate',
  ...['add', 'subtract', 'multiply', 'divide', 'pow', 'mod', 'unaryMinus', 'unaryPlus', 'factorial'],
  ...[
    'sqrt',
    'cbrt',
    'abs',
    'sign',
    'round',
    'floor',
    'ceil',
    'fix',
    'exp',
    'log',
    'log2',
    'log10',
    'gcd',
    'lcm',
  ],
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'hypot', 'min', 'max', 'mean', 'median', 'sum'],
  ...['smaller', 'larger', 'smallerEq', 'largerEq', 'equal', 'unequal', 'pi', 'e', 'tau', 'format', 'typeOf'],
] as const;

/** What would let an expression define, import or run for long. Source: mathjs documentation, "Security". */
const forbidden = [
  'import',
  'createUnit',
  'reviver',
  'evaluate',
  'parse',
  'simplify',
  'derivative',
  'resolve',
];

export type Evaluate = (expression: string) => unknown;

/** An expression evaluator that knows arithmetic and nothing else: no matrices, units, functions or assignments. */
export function createEvaluator(): { evaluate: Evaluate; math: mathjs.MathJsInstance } {
  const factories = new Map<string, unknown>(Object.entries(mathjs));
  const chosen = Object.assign(
    {},
    ...names.map((name) => factories.get(`${name}Dependencies`)),
  ) as mathjs.FactoryFunctionMap;
  const math = mathjs.create(chosen, { number: 'number' });
  const evaluate = math.evaluate.bind(math);
  const refuse = (): never => {
    throw new Error('This function is not available');
  };
  math.import(Object.fromEntries(forbidden.map((name) => [name, refuse])), { override: true });
  return { evaluate: (expression) => evaluate(expression, {}) as unknown, math };
}
