import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { staleFiles, writeFiles } from '../generated-file.ts';
import { fragmentedWorkspace, type TestWorkspace } from '../testing/fragmented-workspace.ts';
import { Owners } from '../workspace/owners.ts';
import { publicSymbols } from './public-symbols.ts';
import { registryFiles } from './registry.ts';

let workspace: TestWorkspace;
beforeAll(() => {
  workspace = fragmentedWorkspace(0, {
    CODEOWNERS: '* @all\n/libs/events/ @delivery # who sends',
    'libs/events/src/index.ts': `export { Event } from './deep/thing.ts';\nexport { Session } from './session.ts';`,
    'libs/events/src/session.ts': `@Injectable({ scope: Scope.REQUEST })\nexport class Session {}`,
  });
});
afterAll(() => workspace.remove());

describe('The import registry', () => {
  it('has every public symbol once, with its one module, its owner and its scope', () => {
    const symbols = publicSymbols(workspace.root);
    expect(symbols.map(({ name, from }) => `${name} ${from}`)).toEqual([
      ...[
        'Error @bulkhead/errors',
        'ErrorOptions @bulkhead/errors',
        'Event @bulkhead/events',
        'Order @bulkhead/orders',
      ],
      ...['OrderOptions @bulkhead/orders', 'Session @bulkhead/events', 'aError @bulkhead/errors/testing'],
      ...[
        'aEvent @bulkhead/events/testing',
        'aOrder @bulkhead/orders/testing',
        'makeError @bulkhead/errors',
        'makeOrder @bulkhead/orders',
      ],
    ]);
    expect(symbols.find(({ name }) => name === 'Session')).toEqual({
      ...{ name: 'Session', from: '@bulkhead/events', kind: 'class', layer: 'none', owner: '@delivery' },
      ...{ file: 'libs/events/src/session.ts', requestScoped: true },
    });
    expect(symbols.find(({ name }) => name === 'Order')?.owner).toBe('@all');
  });

  it('is stale until it is written, and again when the code changes', () => {
    const files = registryFiles(workspace.root);
    expect(staleFiles(workspace.root, files)).toHaveLength(2);
    expect(writeFiles(workspace.root, files)).toHaveLength(2);
    expect(staleFiles(workspace.root, registryFiles(workspace.root))).toEqual([]);
    rmSync(join(workspace.root, 'libs/orders'), { recursive: true });
    expect(staleFiles(workspace.root, registryFiles(workspace.root))).toHaveLength(2);
  });
});

describe('Owners', () => {
  it('are those of the last line that matches', () => {
    const owners = new Owners('# who\n* @all\n/libs/ @libs\n/libs/events/ @delivery\n');
    expect(['libs/events/', 'libs/auth/', 'docs/'].map((path) => owners.of(path))).toEqual([
      '@delivery',
      '@libs',
      '@all',
    ]);
    expect(new Owners('').of('docs/')).toBe('nobody');
  });
});
