import { Injectable } from '@nestjs/common';
import { Sandbox, taskFile } from '@bulkhead/sandbox';
import type { JsonValue } from '@bulkhead/user-context';
import type { Tool, ToolInvocation } from '../registry/tool.contract.ts';
import { ToolRefusalError } from '../tools.errors.ts';
import type { Calculated } from './calculator.task.ts';

const MAX_EXPRESSION_LENGTH = 500;
const file = taskFile(import.meta.url, 'calculator.task');

/** Arithmetic by a real expression parser, in a worker thread: nothing is evaluated as code. */
@Injectable()
export class CalculatorTool implements Tool<{ expression: string }> {
  readonly name = 'calculator';
  readonly description =
    'Evaluates an arithmetic expression, e.g. "37 * 43", "2^10 / 4", "sqrt(2)". Use it for every calculation.';
  readonly permission = 'tools:calculator';
  readonly sideEffect = 'none';
  readonly readsPrivateData = false;
  readonly parameters = {
    type: 'object',
    properties: { expression: { type: 'string', minLength: 1, maxLength: MAX_EXPRESSION_LENGTH } },
    required: ['expression'],
  } as const;

  constructor(private readonly sandbox: Sandbox) {}

  async execute(
    { expression }: { expression: string },
    { context: { userId }, signal }: Pick<ToolInvocation, 'signal'> & { context: { userId: string } },
  ): Promise<JsonValue> {
    const answer = await this.sandbox.run<Calculated>({ file, input: expression, userId, signal });
    if ('refused' in answer) throw new ToolRefusalError(answer.refused, { field: 'expression' });
    return answer;
  }
}
