import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemCatalogue } from './problem-catalogue.ts';
import { allProblems } from './problem-text.ts';

const repository = join(import.meta.dirname, '..', '..', '..', '..');
/** The table's own blanks are the formatter's. */
const words = (text: string): string => text.replace(/[\s-]+/g, ' ');

/** The codes of every error class in the sources whose kind a caller is told about. */
function codesInSources(): string[] {
  return ['libs', 'apps/gateway'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /src\/.*\.ts$/.test(file) && !/node_modules|dist|\.spec\.ts$|testing\//.test(file))
      .flatMap((file) => codesIn(readFileSync(join(repository, folder, file), 'utf8'))),
  );
}

function codesIn(source: string): string[] {
  return source
    .split(/^export (?:abstract )?class /m)
    .filter((text) => !/readonly kind[^=]*= 'internal'/.test(text))
    .flatMap((text) =>
      [...text.matchAll(/readonly code(?:: string)? = '([a-z_]+)'/g)].map(([, code = '']) => code),
    );
}

describe('the problem catalogue', () => {
  it('has every code that a caller can be answered with', () => {
    const codes = new Set(codesInSources());
    expect(codes.size).toBeGreaterThan(20);
    expect([...codes].filter((code) => !Object.hasOwn(problemCatalogue, code))).toEqual([]);
  });

  it('would notice a code that is missing', () => {
    const planted =
      "export class NewError extends AppError {\n  readonly code = 'brand_new';\n  readonly kind = 'invalid';";
    expect(codesIn(planted)).toEqual(['brand_new']);
  });

  it('is what docs/problems.md says', () => {
    expect(words(readFileSync(join(repository, 'docs/problems.md'), 'utf8'))).toBe(words(allProblems()));
  });
});
