import { Injectable } from '@nestjs/common';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { InvalidToolArgumentsError, ToolRegistrationError } from './tools.errors.ts';
import type { Tool } from './tool.contract.ts';

interface RegisteredTool {
  readonly tool: Tool<never>;
  readonly validate: ValidateFunction;
}

/** Every tool of the server, by name. Feature modules register theirs when they start. */
@Injectable()
export class ToolRegistry {
  readonly #ajv = new Ajv2020({ strict: true, allErrors: false, ownProperties: true });
  readonly #tools = new Map<string, RegisteredTool>();

  /** @throws ToolRegistrationError when the name is taken or the schema is none */
  register(tool: Tool<never>): void {
    if (this.#tools.has(tool.name)) throw new ToolRegistrationError(`Two tools are named ${tool.name}.`);
    try {
      const validate = this.#ajv.compile({ additionalProperties: false, ...tool.parameters });
      this.#tools.set(tool.name, { tool, validate });
    } catch (cause) {
      throw new ToolRegistrationError(`The parameters of ${tool.name} are not a JSON Schema.`, { cause });
    }
  }

  find(name: string): Tool<never> | undefined {
    return this.#tools.get(name)?.tool;
  }

  /** @throws InvalidToolArgumentsError naming the field, never the value */
  validate(name: string, args: unknown): void {
    const validate = this.#tools.get(name)?.validate;
    if (!validate?.(args)) throw refusal(validate?.errors?.[0]);
  }
}

function refusal(error: ErrorObject | undefined): InvalidToolArgumentsError {
  const path = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const missing = error?.keyword === 'required' ? String(error.params.missingProperty) : '';
  const field = [path, missing].filter(Boolean).join('.') || 'arguments';
  return new InvalidToolArgumentsError(field, missing ? 'is missing' : (error?.message ?? 'are not valid'));
}
