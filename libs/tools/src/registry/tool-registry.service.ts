import { Injectable } from '@nestjs/common';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonRecord } from '@bulkhead/user-context';
import { instanceOfClass } from './class-arguments.ts';
import { schemaOfClass } from './class-schema.ts';
import { InvalidToolArgumentsError, ToolRegistrationError } from '../tools.errors.ts';
import type { ParameterSchema, Tool } from './tool.contract.ts';

interface RegisteredTool {
  readonly tool: Tool<never>;
  readonly schema: ParameterSchema;
  readonly validate: ValidateFunction;
}

/** Every tool of the server, by name. Feature modules register theirs when they start. */
@Injectable()
export class ToolRegistry {
  readonly #ajv = new Ajv2020({ strict: true, allErrors: false, ownProperties: true });
  readonly #off = new Set<string>();
  /** Somebody else wrote these: unions, and required fields that are not described, are no mistakes of ours. */
  readonly #lenientAjv = new Ajv2020({ strict: false, allErrors: false, ownProperties: true });
  readonly #tools = new Map<string, RegisteredTool>();

  /** @throws ToolRegistrationError when the name is taken, the schema is none, or the class can't be one */
  register(tool: Tool<never>): void {
    if (this.#tools.has(tool.name)) throw new ToolRegistrationError(`Two tools are named ${tool.name}.`);
    const { parameters, checkedParameters } = tool;
    const schema = typeof parameters === 'function' ? schemaOfClass(parameters) : parameters;
    try {
      const validate = checkedParameters
        ? this.#lenientAjv.compile(checkedParameters)
        : this.#ajv.compile({ additionalProperties: false, ...schema });
      this.#tools.set(tool.name, { tool, schema, validate });
    } catch (cause) {
      throw new ToolRegistrationError(`The parameters of ${tool.name} are not a JSON Schema.`, { cause });
    }
  }

  /** Keeps a name that the operator has turned off: agents may list it, and none can use it. */
  turnOff(name: string): void {
    this.#off.add(name);
  }

  /** Whether agents may list it. */
  isKnown(name: string): boolean {
    return this.#tools.has(name) || this.#off.has(name);
  }

  /** Tools whose answers hold nothing but what is public. */
  namesWithoutPrivateData(): string[] {
    return [...this.#tools.values()]
      .filter(({ tool }) => tool.readsPrivateData === false)
      .map(({ tool }) => tool.name);
  }

  find(name: string): Tool<never> | undefined {
    return this.#tools.get(name)?.tool;
  }

  /** What a model is told of the arguments; undefined when there is no such tool. */
  schemaOf(name: string): ParameterSchema | undefined {
    return this.#tools.get(name)?.schema;
  }

  /**
   * @returns the arguments as the tool takes them: the same, or an instance of its class
   * @throws InvalidToolArgumentsError naming the field, never the value
   */
  validate(name: string, args: unknown): JsonRecord {
    const registered = this.#tools.get(name);
    if (!registered?.validate(args)) throw refusal(registered?.validate.errors?.[0]);
    const { parameters } = registered.tool;
    const valid = args as JsonRecord;
    return typeof parameters === 'function' ? (instanceOfClass(parameters, valid) as JsonRecord) : valid;
  }
}

const MAX_FIELD_LENGTH = 200;

function refusal(error: ErrorObject | undefined): InvalidToolArgumentsError {
  const path = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const { keyword, params = {}, message } = error ?? {};
  const missing = keyword === 'required' ? String(params['missingProperty']) : '';
  const unknown = keyword === 'additionalProperties' ? String(params['additionalProperty']) : '';
  const field =
    [path, missing || unknown].filter(Boolean).join('.').slice(0, MAX_FIELD_LENGTH) || 'arguments';
  const rule = missing ? 'is missing' : unknown ? 'is not a parameter of this tool' : message;
  return new InvalidToolArgumentsError(field, rule ?? 'are not valid');
}
