import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  Equals,
  IsArray,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import type { JsonRecord, JsonValue, UserExecutionContext } from '@bulkhead/user-context';
import { openTestTools, runTool, SpyTool, type TestTools } from '../testing/index.ts';
import type { ArgumentsClass, Tool } from './tool.contract.ts';
import { ToolRegistry } from './tool-registry.service.ts';
import { InvalidToolArgumentsError, ToolRegistrationError } from '../tools.errors.ts';

class Place {
  @Length(1, 100, { context: { description: 'Its name in English.' } })
  readonly city!: string;
}
class Report {
  @IsString()
  @MaxLength(20)
  readonly text!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(9)
  readonly limit: number = 3;

  @IsOptional()
  @IsIn(['fast', 'slow'])
  readonly mode?: 'fast' | 'slow';

  @IsOptional()
  @IsEmail()
  readonly to?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => Place)
  readonly places?: readonly Place[];

  @IsOptional()
  @IsNumber({}, { each: true })
  readonly figures?: readonly number[];
}

class ReportTool implements Tool<Report> {
  readonly name = 'report';
  readonly description = 'Tells what it was given.';
  readonly permission = 'tools:spy';
  readonly sideEffect = 'none';
  readonly parameters = Report;
  readonly received: Report[] = [];

  execute(report: Report): Promise<JsonValue> {
    this.received.push(report);
    return Promise.resolve({ text: report.text, limit: report.limit });
  }
}

const registryWith = (parameters: ArgumentsClass): ToolRegistry => {
  const { name, description, permission, sideEffect } = new SpyTool('spy');
  const execute = (): Promise<JsonValue> => Promise.resolve(null);
  const registry = new ToolRegistry();
  registry.register({ name, description, permission, sideEffect, parameters, execute });
  return registry;
};

describe('a tool with a class of arguments', () => {
  let test: TestTools;
  let ada: UserExecutionContext;
  const tool = new ReportTool();
  beforeAll(async () => {
    test = await openTestTools();
    test.registry.register(tool);
  });
  beforeEach(async () => {
    ada = await test.openRun('tools:spy');
    tool.received.length = 0;
  });
  afterAll(() => test.close());
  const call = (args: unknown) => test.execute(ada, { toolName: 'report', arguments: args });

  it('shows the model what the class says', () => {
    expect(test.registry.schemaOf('report')).toEqual({
      type: 'object',
      properties: {
        text: { type: 'string', maxLength: 20 },
        limit: { type: 'integer', minimum: 1, maximum: 9 },
        mode: { type: 'string', enum: ['fast', 'slow'] },
        to: { type: 'string' },
        places: {
          type: 'array',
          maxItems: 2,
          items: {
            type: 'object',
            properties: {
              city: { type: 'string', minLength: 1, maxLength: 100, description: 'Its name in English.' },
            },
            required: ['city'],
            additionalProperties: false,
          },
        },
        figures: { type: 'array', items: { type: 'number' } },
      },
      required: ['text'],
      additionalProperties: false,
    });
  });

  it('gets an instance of it, with its defaults', async () => {
    const report = await call({ text: 'hello', places: [{ city: 'Oslo' }] });
    expect(report).toEqual({ outcome: 'succeeded', result: { text: 'hello', limit: 3 } });
    expect(tool.received[0]).toBeInstanceOf(Report);
    expect(tool.received[0]?.places?.[0]).toBeInstanceOf(Place);
  });

  it.each<[string, JsonRecord]>([
    ['text', {}],
    ['text', { text: 5 }],
    ['text', { text: 'canary'.repeat(4) }],
    ['limit', { text: 'a', limit: '5' }],
    ['limit', { text: 'a', limit: 10 }],
    ['mode', { text: 'a', mode: 'canary' }],
    ['to', { text: 'a', to: 'canary' }],
    ['places', { text: 'a', places: { city: 'Oslo' } }],
    ['places.0.city', { text: 'a', places: [{ city: '' }] }],
    ['places.0.extra', { text: 'a', places: [{ city: 'Oslo', extra: 'canary' }] }],
    ['figures.1', { text: 'a', figures: [1, 'canary'] }],
    ['extra', { text: 'a', extra: 'canary' }],
    ['__proto__', JSON.parse('{"text":"a","__proto__":{"limit":99}}') as JsonRecord],
  ])(
    'is not executed with a wrong %s, which the refusal names without its value: %j',
    async (field, args) => {
      const report = await call(args);
      expect(report).toMatchObject({
        outcome: 'refused',
        problem: { code: 'invalid_tool_arguments', field },
      });
      expect(report.problem?.detail).toMatch(new RegExp(`^${field} `));
      expect(JSON.stringify(report)).not.toContain('canary');
      expect(tool.received).toEqual([]);
    },
  );

  it('runs by itself', async () => {
    expect(await runTool(new ReportTool(), { text: 'a' })).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('a class of arguments', () => {
  class Colour {
    @IsEnum({ Red: 'red', Blue: 'blue' })
    readonly colour!: string;

    @Equals('yes')
    readonly sure!: string;

    @IsObject()
    readonly more!: object;
  }

  it('may have choices, constants and open objects', () => {
    const registry = registryWith(Colour);
    expect(registry.schemaOf('spy')).toMatchObject({
      properties: {
        colour: { type: 'string', enum: ['red', 'blue'] },
        sure: { type: 'string', const: 'yes' },
        more: { type: 'object', additionalProperties: true },
      },
      required: ['colour', 'sure', 'more'],
    });
    const args = { colour: 'red', sure: 'yes', more: { any: 1 } };
    expect(registry.validate('spy', args)).toEqual(args);
    expect(() => registry.validate('spy', { ...args, colour: 'Red' })).toThrow(InvalidToolArgumentsError);
  });

  class Ruleless {
    readonly text!: string;
  }
  class Conditional {
    @ValidateIf(() => false)
    @IsString()
    readonly text!: string;
  }
  @ValidatorConstraint({ async: true })
  class Slow {
    validate = (): Promise<boolean> => Promise.resolve(false);
  }
  class Asynchronous {
    @Validate(Slow)
    readonly text!: string;
  }
  class Untyped {
    @ValidateNested({ each: true })
    readonly places!: Place[];
  }
  class Endless {
    @ValidateNested()
    @Type(() => Endless)
    readonly next!: object;
  }

  it.each([
    ['without rules', Ruleless],
    ['with a condition', Conditional],
    ['with an asynchronous rule, which nobody would wait for', Asynchronous],
    ['with objects of no class', Untyped],
    ['that contains itself', Endless],
  ])('is refused at boot %s', (_what, parameters) => {
    expect(() => registryWith(parameters)).toThrow(ToolRegistrationError);
  });
});
