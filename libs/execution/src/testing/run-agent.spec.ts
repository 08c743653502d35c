import { readFileSync } from 'node:fs';
import { BuiltInToolsModule } from '@bulkhead/tools';
import { runTool } from '@bulkhead/tools/testing';
import type { AgentDefinition } from '../agents/agent.contract.ts';
import { aTool } from './a-tool.ts';
import { runAgent } from './run-agent.ts';

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
/** Code without what the formatter decides by the width of the page. */
const flat = (code: string): string => code.replace(/\s+/g, '').replace(/,(?=[}\])])/g, '');

/** The examples of the page, without what they import. */
const [, section = ''] =
  /## Try one by itself\n([\s\S]*?)\n## /.exec(textOf('../../../../docs/agents.md')) ?? [];
const examples = [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) =>
  code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import ')),
);

describe('an agent or a tool by itself', () => {
  it('takes five lines, which are those that the documentation shows', () => {
    const own = flat(textOf('./run-agent.spec.ts'));
    expect(examples).toHaveLength(2);
    for (const lines of examples) {
      expect(lines.length).toBeLessThanOrEqual(5);
      expect(own).toContain(flat(lines.join('\n')));
    }
  });

  it('is an agent that answers', async () => {
    const sums: AgentDefinition = {
      name: 'sums',
      description: '-',
      instructions: '-',
      tools: ['calculator'],
    };
    const { run, answer } = await runAgent(sums, 'What is 37 * 43?', { modules: [BuiltInToolsModule] });
    expect([run.toolCalls, answer]).toEqual([1, expect.stringContaining('37 * 43 = 1591')]);
  });

  it('is a tool that is executed', async () => {
    const shout = aTool('shout', ({ text }) => Promise.resolve(`${JSON.stringify(text)}!`));
    const { outcome, result } = await runTool(shout, { text: 'hello' });
    expect([outcome, result]).toEqual(['succeeded', '"hello"!']);
  });

  it('is a tool that is refused what does not fit its schema', async () => {
    const parameters = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } as const;
    const tool = { ...aTool('number', () => Promise.resolve(1)), parameters };
    expect(await runTool(tool, { n: 'x' })).toMatchObject({
      problem: { code: 'invalid_tool_arguments', field: 'n' },
    });
  });
});
