import type { Names } from '../names.ts';
import type { Files } from './project.ts';

/** A module that registers one tool, and a spec in which it is called and refuses. */
export const toolFiles = ({ kebab, pascal, snake, words }: Names): Files => ({
  'README.md': `# @bulkhead/${kebab}

Owns the tool \`${snake}\`, for users with the permission \`tools:team\`.

Refuses to act for anybody but the user of its invocation.
`,
  'src/index.ts': `export { ${pascal}Module } from './${kebab}.module.ts';
`,
  [`src/${kebab}.tool.ts`]: `import { Injectable } from '@nestjs/common';
import type { Tool } from '@bulkhead/tools';
import type { JsonValue } from '@bulkhead/user-context';

/** Say what it does that no other tool does. */
@Injectable()
export class ${pascal}Tool implements Tool<{ text: string }> {
  readonly name = '${snake}';
  readonly description = 'Does ${words} with a text. Say here when a model should use it.';
  readonly permission = 'tools:team';
  readonly sideEffect = 'none';
  readonly parameters = {
    type: 'object',
    properties: { text: { type: 'string', minLength: 1, maxLength: 10_000 } },
    required: ['text'],
  } as const;

  execute({ text }: { text: string }): Promise<JsonValue> {
    return Promise.resolve({ text });
  }
}
`,
  [`src/${kebab}.module.ts`]: `import { Module, type OnModuleInit } from '@nestjs/common';
import { ToolRegistry, ToolsModule } from '@bulkhead/tools';
import { ${pascal}Tool } from './${kebab}.tool.ts';

/** Offers the tool \`${snake}\`. */
@Module({ imports: [ToolsModule], providers: [${pascal}Tool] })
export class ${pascal}Module implements OnModuleInit {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly tool: ${pascal}Tool,
  ) {}

  onModuleInit(): void {
    this.registry.register(this.tool);
  }
}
`,
  [`src/${kebab}.tool.spec.ts`]: `import { InvalidToolArgumentsError, ToolRegistry } from '@bulkhead/tools';
import { ${pascal}Tool } from './${kebab}.tool.ts';

describe('the tool ${snake}', () => {
  const tool = new ${pascal}Tool();
  const registry = new ToolRegistry();
  registry.register(tool);

  it('is found by its name', () => {
    expect(registry.find('${snake}')).toBe(tool);
  });

  it('does what it says', async () => {
    expect(await tool.execute({ text: 'hello' })).toEqual({ text: 'hello' });
  });

  it.each([[{}], [{ text: '' }], [{ text: 'a', more: 1 }]])('refuses other arguments: %j', (args) => {
    expect(() => registry.validate('${snake}', args)).toThrow(InvalidToolArgumentsError);
  });
});
`,
});
