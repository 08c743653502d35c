import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { bulkheadConfigs, bulkheadRules } from './plugin.ts';
import { corpora } from './testing/corpus/index.ts';
import { plantedViolations } from './testing/repository-linter.ts';

const rules = bulkheadRules.map(({ name }) => name);
const all = Object.entries(corpora);
const planted = all.flatMap(([rule, { caught }]) =>
  caught.map(([path, text, findings = 1]) => ({ rule, path, text, findings })),
);
const innocent = all.flatMap(([rule, { innocent: texts }]) =>
  texts.map(([path, text]) => ({ rule, path, text })),
);

/** The findings of this repository's own rules, without those that are off. */
function found(path: string, text: string, ...off: string[]): string[] {
  const language = {
    languageOptions: { parser: tseslint.parser as Linter.Parser },
    linterOptions: { noInlineConfig: true },
  };
  const configs = bulkheadConfigs.filter(({ name }) => !off.includes(name?.replace('bulkhead/', '') ?? ''));
  return new Linter()
    .verify(text, [{ files: ['**'], ...language }, ...configs], path)
    .map(({ ruleId, message }) => ruleId?.replace('bulkhead/', '') ?? message);
}

describe('A planted violation', () => {
  it.each(planted)('of $rule is caught in $path: $text', async ({ rule, path, text, findings }) => {
    const violations = (await plantedViolations(path, text)).filter((it) => it === `bulkhead/${rule}`);
    expect(violations).toHaveLength(findings);
  });

  it('exists for every rule, in at least sixty disguises', () => {
    expect(
      all
        .filter(([, { caught }]) => caught.length > 0)
        .map(([rule]) => rule)
        .sort(),
    ).toEqual([...rules].sort());
    expect(planted.length).toBeGreaterThanOrEqual(60);
  });
});

describe('An innocent look-alike', () => {
  it.each(innocent)('of $rule is left alone in $path: $text', async ({ path, text }) => {
    const violations = (await plantedViolations(path, text)).filter((it) => it.startsWith('bulkhead/'));
    expect(violations).toEqual([]);
  });

  it('exists for every rule, sixty in all', () => {
    expect(all.filter(([, it]) => it.innocent.length === 0)).toEqual([]);
    expect(innocent.length).toBeGreaterThanOrEqual(60);
  });
});

describe('Switching one rule off', () => {
  it.each(rules)('lets violations through that no other rule sees: %s', (rule) => {
    const missed = corpora[rule]!.caught.filter(([path, text]) => found(path, text, rule).length === 0);
    expect(missed).not.toEqual([]);
    for (const [path, text] of missed) expect(found(path, text)).toContain(rule);
  });
});
