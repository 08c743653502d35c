import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';

const entry = join(import.meta.dirname, '..', '..', 'tools', 'benchmark', 'dist', 'main.js');
const kinds =
  '--users 2 --runs 4 --rounds 1 --rates 20 --thread 70 --idle 120 --warm-up 2 --json figures.json --html page.html';
/** It starts the server four times. */
const PATIENCE_MS = 180_000;

describe('the benchmark', () => {
  it(
    'measures everything that it says it does',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'bulkhead-e2e-benchmark-'));
      try {
        const benchmark = new Child([entry, ...kinds.split(' ')], { cwd: folder, environment: {} });
        expect({ ...(await benchmark.exit), output: benchmark.output }).toMatchObject({ code: 0 });
        const figures: unknown = JSON.parse(await readFile(join(folder, 'figures.json'), 'utf8'));
        const measured = (runs: number): object => ({ runs, eventsPerRun: 57 });
        expect(figures).toMatchObject({
          levels: [{ users: 2, gateway: measured(4), floor: { eventsPerRun: 57 } }],
          arrivals: [{ rate: 20, gateway: measured(4) }],
          thread: [1, 50].map((message) => ({ message, gateway: measured(20) })),
          idle: { connections: 120 },
        });
        expect(await readFile(join(folder, 'page.html'), 'utf8')).toContain('<svg');
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    PATIENCE_MS,
  );
});
