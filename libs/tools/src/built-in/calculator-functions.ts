import * as mathjs from 'mathjs';

/** What an expression may name. */
const vocabulary = [
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
  ...['smaller', 'larger', 'smallerEq', 'largerEq', 'equal', 'unequal', 'pi', 'e', 'tau'],
] as const;
const machinery = ['parse', 'format', 'typeOf'] as const;

/** Nodes an expression may be made of: no assignment, definition, index, block, object or string. */
const allowedNodes: ReadonlySet<string> = new Set([
  'ConstantNode',
  'OperatorNode',
  'ParenthesisNode',
  'RelationalNode',
]);
const allowedSymbols: ReadonlySet<string> = new Set(vocabulary);

export type Evaluate = (expression: string) => unknown;

/**
 * An expression evaluator that knows arithmetic and nothing else. What it is asked is checked before it is evaluated:
 * evaluation is synchronous, so an expression that could run for long would hold up everybody.
 */
export function createEvaluator(): { evaluate: Evaluate; math: mathjs.MathJsInstance } {
  const factories = new Map<string, unknown>(Object.entries(mathjs));
  const chosen = Object.assign(
    {},
    ...[...vocabulary, ...machinery].map((name) => factories.get(`${name}Dependencies`)),
  ) as mathjs.FactoryFunctionMap;
  const math = mathjs.create(chosen, { number: 'number' });
  const evaluate = (expression: string): unknown => {
    const tree = math.parse(expression);
    tree.traverse((node) => {
      if (!isAllowed(node)) throw new Error('Only arithmetic is known');
    });
    return tree.compile().evaluate({}) as unknown;
  };
  return { evaluate, math };
}

function isAllowed(node: mathjs.MathNode): boolean {
  if (node.type === 'SymbolNode') return allowedSymbols.has((node as mathjs.SymbolNode).name);
  if (node.type === 'FunctionNode') return (node as mathjs.FunctionNode).fn.type === 'SymbolNode';
  return allowedNodes.has(node.type);
}
