import fc from 'fast-check';
import { toolOptions, type McpServerOptions } from './mcp.options.ts';
import { mcpToolNames } from './mcp-tool-names.ts';

const server = (name: string, tools: readonly string[]): McpServerOptions => ({
  name,
  transport: { kind: 'http', url: 'http://x' },
  tools,
});
const namesOf = (servers: readonly McpServerOptions[]): string[] => {
  const names = mcpToolNames(servers);
  return servers.flatMap((each) => toolOptions(each).map(({ name }) => names.of(each.name, name)));
};

describe('the names of external tools', () => {
  it('are the servers’ own, in letters that every provider takes', () => {
    expect(namesOf([server('wiki', ['search', 'Read-Page', 'v1.list'])])).toEqual([
      'mcp_wiki_search',
      'mcp_wiki_read_page',
      'mcp_wiki_v1_list',
    ]);
  });

  it.each([
    ['hyphens and underscores', [server('w', ['a_b', 'a-b'])]],
    ['capitals', [server('w', ['ab', 'aB', 'AB'])]],
    ['letters of other scripts', [server('w', ['поиск', 'выход', '检索检索检'])]],
    ['their ends, far away', [server('w', [`${'x'.repeat(80)}a`, `${'x'.repeat(80)}b`])]],
    ['where the server ends', [server('a', ['b_c']), server('a_b', ['c'])]],
  ])('differ where servers’ names differ by %s', (_what, servers) => {
    const names = namesOf(servers);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9_]{1,64}$/);
  });

  it('stay plain for the tool that is written so', () => {
    const [first, second] = namesOf([server('w', ['a_b', 'a-b'])]);
    expect([first, second]).toEqual(['mcp_w_a_b', expect.stringMatching(/^mcp_w_a_b_[0-9a-f]{6}$/)]);
  });

  it('do not depend on the order of tools', () => {
    const tool = fc.stringMatching(/^[aA_.-]{1,3}$/);
    fc.assert(
      fc.property(fc.uniqueArray(tool, { minLength: 1, maxLength: 8 }), (tools) => {
        const names = mcpToolNames([server('w', tools)]);
        const reversed = mcpToolNames([server('w', [...tools].reverse())]);
        expect(tools.map((each) => names.of('w', each))).toEqual(tools.map((each) => reversed.of('w', each)));
        expect(new Set(tools.map((each) => names.of('w', each))).size).toBe(tools.length);
      }),
    );
  });
});
