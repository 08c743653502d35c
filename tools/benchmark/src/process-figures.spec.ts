import { platform } from 'node:os';
import { readFigures } from './process-figures.ts';

describe('readFigures', () => {
  it('reads what a living process uses, where the system tells', () => {
    const figures = readFigures(process.pid);
    const expected = { cpuMs: expect.any(Number) as number, childrenCpuMs: expect.any(Number) as number };
    if (platform() === 'linux') expect(figures).toMatchObject(expected);
    expect(figures === undefined || (figures.rssMiB > 1 && figures.cpuMs > 0)).toBe(true);
  });

  it('knows nothing of a process that is not there', () => {
    expect(readFigures(2 ** 30)).toBeUndefined();
  });
});
