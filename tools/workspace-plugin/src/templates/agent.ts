import type { Names } from '../names.ts';
import type { Files } from './project.ts';

/** A module that registers one agent, and a spec in which it answers. */
export const agentFiles = (
  { kebab, pascal, camel, snake, words }: Names,
  tools: readonly string[],
): Files => ({
  'README.md': `# @bulkhead/${kebab}

Owns the agent \`${snake}\`.

Refuses code: an agent is data. What it can reach is its list of tools, and what its user may use is a matter of permissions.
`,
  'src/index.ts': `export { ${pascal}Module } from './${kebab}.module.ts';
`,
  [`src/${kebab}.agent.ts`]: `import type { AgentDefinition } from '@bulkhead/execution';

/** Say when to choose this agent. */
export const ${camel}: AgentDefinition = {
  name: '${snake}',
  description: 'The ${words} agent.',
  instructions: 'You are a helpful, brief assistant. Never claim to have done something that no tool confirmed.',
  tools: [${tools.map((tool) => `'${tool}'`).join(', ')}],
};
`,
  [`src/${kebab}.module.ts`]: `import { Module, type OnModuleInit } from '@nestjs/common';
import { AgentRegistry, ExecutionModule } from '@bulkhead/execution';
import { BuiltInToolsModule } from '@bulkhead/tools';
import { ${camel} } from './${kebab}.agent.ts';

/** Offers the agent \`${snake}\`. */
@Module({ imports: [ExecutionModule, BuiltInToolsModule] })
export class ${pascal}Module implements OnModuleInit {
  constructor(private readonly registry: AgentRegistry) {}

  onModuleInit(): void {
    this.registry.register(${camel});
  }
}
`,
  [`src/${kebab}.agent.spec.ts`]: `import { AgentRegistry } from '@bulkhead/execution';
import { openTestExecution, StoredSteps, type TestExecution, type TestNode } from '@bulkhead/execution/testing';
import { ${pascal}Module } from './index.ts';

let test: TestExecution;
let node: TestNode;
beforeAll(async () => {
  test = await openTestExecution({ modules: [${pascal}Module] });
  node = await test.startNode();
});
afterAll(() => test.close());

describe('the agent ${snake}', () => {
  it('is offered to users', () => {
    expect(node.get(AgentRegistry).get('${snake}').description).toMatch(/^[A-Z].*\\.$/);
  });

  it('answers', async () => {
    const context = await test.openRun(await test.signUp(), 'Hello!');
    await node.execute(context, '${snake}', new StoredSteps());
    const events = await node.eventsOf(context);
    expect(events.at(-1)?.type).toBe('agent_completed');
  });
});
`,
});
