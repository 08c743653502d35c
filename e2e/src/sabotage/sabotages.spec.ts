import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suites } from '../evidence/suites.ts';
import { patch } from './patched-text.ts';
import { sabotages } from './sabotages.ts';

const repository = join(import.meta.dirname, '..', '..', '..');

describe('the planted defects', () => {
  it('are at least 25, each with a name of its own', () => {
    expect(sabotages.length).toBeGreaterThanOrEqual(25);
    expect(new Set(sabotages.map(({ name }) => name)).size).toBe(sabotages.length);
  });

  it.each(sabotages)('can be planted still: $name', async ({ places }) => {
    expect(places.length).toBeGreaterThan(0);
    for (const place of places) {
      const { before, after } = await patch(repository, place);
      expect(after).not.toBe(before);
    }
  });

  it.each(sabotages)('have a guard: $name', ({ guard }) => {
    if ('suite' in guard) expect(suites.map(({ name }) => name)).toContain(guard.suite);
    else expect(existsSync(join(repository, guard.spec))).toBe(true);
  });

  it('are not planted where the code has moved on, or is ambiguous', async () => {
    const file = 'e2e/src/sabotage/sabotage.ts';
    await expect(patch(repository, { file, find: 'no such words', replace: '' })).rejects.toThrow('no place');
    await expect(patch(repository, { file, find: 'readonly', replace: '' })).rejects.toThrow('more than one');
  });
});
