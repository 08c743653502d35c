import { Sandbox } from '@bulkhead/sandbox';
import { CalculatorTool } from './calculator.tool.ts';

const sandbox = new Sandbox();
const calculator = new CalculatorTool(sandbox);
afterAll(() => sandbox.onModuleDestroy());
const invocation = { context: { userId: 'ada' }, signal: new AbortController().signal };
const evaluate = (expression: string) => calculator.execute({ expression }, invocation);

describe('calculator', () => {
  it.each([
    ['37 * 43', '1591'],
    ['37 × 43', '1591'],
    ['2^10 / 4', '256'],
    ['0.1 + 0.2', '0.3'],
    ['(3 + 4) * 2', '14'],
    ['-7 mod 3', '2'],
    ['sqrt(2)^2', '2'],
    ['max(1, 5, 3)', '5'],
    ['10!', '3628800'],
    ['1 / 0', 'Infinity'],
  ])('evaluates %s to %s', async (expression, result) => {
    expect(await evaluate(expression)).toEqual({ result });
  });

  it.each([
    'evaluate("1+1")',
    'parse("1+1")',
    'import({a: 1})',
    'createUnit("x")',
    'cos.constructor("return process")()',
    'f(x) = f(x + 1); f(1)',
    'f(n) = n < 1 ? 1 : f(n - 1) + f(n - 1); f(60)',
    'parse("1").evaluate()',
    'typeOf(1)',
    'format(1)',
    '"text"',
    '[1, 2]',
    '{a: 1}.a',
    '1; 2',
    'x',
    'ones(100000, 100000)',
    '1:1e9',
    'process.exit()',
    'a = 1; a',
    '2 +',
    'bignumber(10)^(10^9)',
  ])('refuses %s with a reason an agent can read', async (expression) => {
    await expect((async () => evaluate(expression))()).rejects.toMatchObject({ code: 'tool_refused' });
  });
});
