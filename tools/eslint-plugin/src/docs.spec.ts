import { readdirSync, readFileSync } from 'node:fs';
import { bulkheadRules } from './plugin.ts';
import { plantedViolations } from './testing/repository-linter.ts';

const folder = new URL('../docs/', import.meta.url);
const documents = readdirSync(folder).map((file) => ({
  rule: file.replace('.md', ''),
  text: readFileSync(new URL(file, folder), 'utf8'),
}));

/** The code under a heading, and the file that its first line names. */
function example(text: string, heading: string): { path: string; code: string } {
  const code = new RegExp(`## ${heading}\n\n\`\`\`ts\n(.*?)\`\`\``, 's').exec(text)?.[1] ?? '';
  return { path: /^\/\/ (\S+)/.exec(code)?.[1] ?? '', code };
}

describe('The document of a rule', () => {
  it('is there for each, and for no other', () => {
    expect(documents.map(({ rule }) => rule).sort()).toEqual(bulkheadRules.map(({ name }) => name).sort());
  });

  it('is linked in the guide for teams, with what to do instead', () => {
    const guide = readFileSync(new URL('../../../docs/teams.md', import.meta.url), 'utf8');
    expect(bulkheadRules.filter(({ name }) => !guide.includes(`eslint-plugin/docs/${name}.md`))).toEqual([]);
  });

  it.each(documents)('says why there is $rule', ({ text }) => {
    expect(text).toMatch(/## Why\n\n\S.{40}/);
  });

  it.each(documents)('shows what $rule catches', async ({ rule, text }) => {
    const { path, code } = example(text, 'Bad');
    expect(await plantedViolations(path, code)).toContain(`bulkhead/${rule}`);
  });

  it.each(documents)('shows what to do instead, which no rule catches: $rule', async ({ text }) => {
    const { path, code } = example(text, 'Good');
    expect(code).not.toBe('');
    const found = await plantedViolations(path, code);
    expect(found.filter((it) => /^(bulkhead|@nx)\//.test(it))).toEqual([]);
  });
});
