import { cyclesOf } from './cycles.ts';
import { folderEdges } from './folder-edges.ts';

const cycles = (...imports: readonly (readonly [from: string, to: string])[]) =>
  cyclesOf(folderEdges(new Map(imports.map(([from, to]) => [from, new Set([to])]))));
const execution = (path: string): string => `libs/execution/src/${path}`;

describe('folders of a layered project', () => {
  it('are caught when they lead to each other', () => {
    expect(
      cycles(
        [execution('runs/run-store.service.ts'), execution('engine/engine-task.ts')],
        [execution('engine/tool-round.ts'), execution('runs/run-state.ts')],
      ),
    ).toEqual(['libs/execution/src/engine → libs/execution/src/runs']);
  });

  it('are caught over a third one, and by a folder below one of them', () => {
    expect(
      cycles(
        [execution('a/one.ts'), execution('b/two.ts')],
        [execution('b/three.ts'), execution('c/four.ts')],
        [execution('c/deep/five.ts'), execution('a/six.ts')],
      ),
    ).toHaveLength(1);
  });

  it.each<[string, string, string]>([
    ['files at the root', execution('execution.errors.ts'), execution('runs/run-state.ts')],
    ['specs', execution('runs/run-store.spec.ts'), execution('engine/run-timer.ts')],
    ['test doors', execution('testing/test-node.ts'), execution('engine/run-timer.ts')],
    ['other projects', 'libs/models/src/runs/a.ts', 'libs/models/src/engine/b.ts'],
  ])('leave out %s', (_, from, to) => {
    expect(cycles([from, to], [execution('engine/b.ts'), execution('runs/a.ts')])).toEqual([]);
  });
});
