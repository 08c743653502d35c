import { edgesOf, mermaid, withDiagram } from './diagram.ts';

const lib = (scope: string, layer: string) => ({
  name: `@bulkhead/${scope}`,
  root: `libs/${scope}`,
  owner: '@all',
  doors: [],
  layer,
  scope,
});
const node = (name: string, root = `libs/${name}`) => ({ name, type: 'lib' as const, data: { root } });
const edge = (source: string, target: string, type = 'static') => ({ source, target, type });

describe('The diagram', () => {
  it('draws layers and every import between projects that ship', () => {
    const packages = [lib('auth', 'feature'), lib('errors', 'kernel'), lib('e2e', 'workspace')];
    const edges = [
      { from: 'auth', to: 'errors' },
      { from: 'e2e', to: 'auth' },
    ];
    const text = mermaid(packages, edges);
    expect(text).toContain('  subgraph feature-layer [feature]\n    auth\n  end');
    expect(text).toContain('  auth --> errors');
    expect(text).not.toContain('e2e');
  });

  it('takes its edges from the graph: imports between projects, without third parties and what is only implied', () => {
    const nodes = { auth: node('auth'), errors: node('errors'), workspace: node('workspace', '.') };
    const dependencies = {
      workspace: [edge('workspace', 'errors')],
      auth: [edge('auth', 'npm:jose'), edge('auth', 'errors'), edge('auth', 'workspace', 'implicit')],
    };
    expect(edgesOf({ nodes, dependencies })).toEqual([{ from: 'auth', to: 'errors' }]);
  });

  it('stands between its marks, and changes nothing else', () => {
    const marks = '<!-- dependencies: written by `npx nx run ssot:diagram` -->\n<!-- /dependencies -->';
    const once = withDiagram(`before\n${marks}\nafter`, 'ONE');
    expect(once).toMatch(/^before\n<!-- dep.*-->\n\nONE\n\n<!-- .*\nafter$/s);
    expect(withDiagram(once, 'TWO')).toBe(once.replace('ONE', 'TWO'));
    expect(() => withDiagram('no marks', 'ONE')).toThrow('docs/architecture.md has no');
  });
});
