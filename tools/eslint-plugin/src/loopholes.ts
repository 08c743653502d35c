import type { ProjectGraphProjectNode } from '@nx/devkit';
import { depConstraints } from './boundaries.ts';

type Project = Pick<ProjectGraphProjectNode, 'name'> & { data: { root: string; tags?: string[] } };

/**
 * Refuses projects that the tables of `boundaries.ts` don't cover: nx itself would let an unknown scope import anything.
 * @throws Error naming each project and what to do
 */
export function assertEveryProjectIsTagged(projects: readonly Project[]): void {
  const known = new Set(depConstraints.map(({ sourceTag }) => sourceTag));
  const isCovered = ({ data: { root, tags = [] } }: Project): boolean =>
    root === '.' ||
    ['layer:', 'scope:'].every((dimension) => {
      const [tag = '', ...more] = tags.filter((it) => it.startsWith(dimension));
      return known.has(tag) && more.length === 0;
    });
  const names = projects.filter((project) => !isCovered(project)).map(({ name }) => name);
  if (names.length === 0) return;
  throw new Error(
    `Projects without module boundaries: ${names.join(', ')}. Give each exactly one layer tag and one scope tag ` +
      'in its package.json, both with a row in tools/eslint-plugin/src/boundaries.ts.',
  );
}

/**
 * Refuses a second ESLint configuration: ESLint takes the nearest one, which would replace every rule for its folder.
 * @throws Error naming the files
 */
export function assertOneConfig(files: readonly string[]): void {
  const others = files.filter(
    (file) => /(^|\/)(eslint\.config\.\w+|\.eslintrc(\.\w+)?)$/.test(file) && file !== 'eslint.config.ts',
  );
  if (others.length > 0)
    throw new Error(`Delete ${others.join(', ')}: eslint.config.ts at the root is the only one.`);
}
