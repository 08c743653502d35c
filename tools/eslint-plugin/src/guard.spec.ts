import { ESLint, type Linter } from 'eslint';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coreConfigs } from './core.ts';
import { assertNothingIsSwitchedOff } from './guard.ts';
import { bulkheadConfigs, bulkheadRules } from './plugin.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const whole: Linter.Config[] = [...coreConfigs, ...bulkheadConfigs];
const rules = bulkheadRules.map(({ name }) => `bulkhead/${name}`);

describe('The configuration', () => {
  it('passes as it is', () => {
    expect(() => assertNothingIsSwitchedOff(whole)).not.toThrow();
  });

  it.each(rules)('can not switch %s off, or to a warning, or take it out', (rule) => {
    for (const setting of ['off', 'warn', 0, ['off']] as Linter.RuleEntry[]) {
      const override = { name: 'override', files: ['libs/**'], rules: { [rule]: setting } };
      expect(() => assertNothingIsSwitchedOff([...whole, override])).toThrow(`override sets ${rule}`);
    }
    const without = whole.filter(({ name }) => name !== rule);
    expect(() => assertNothingIsSwitchedOff(without)).toThrow(`${rule} is set 0 times`);
  });

  it.each([
    ['allows comments', { linterOptions: { noInlineConfig: false } }, 'lets comments switch rules off'],
    ['changes files first', { processor: { preprocess: () => [''] } }, 'before the rules see them'],
  ])('is refused when it %s', (_what, config, why) => {
    expect(() => assertNothingIsSwitchedOff([...whole, config])).toThrow(why);
  });

  it('is what lint runs with: one file, no other options', () => {
    const { targetDefaults } = JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8')) as {
      targetDefaults: { lint: { options: { command: string } } };
    };
    expect(targetDefaults.lint.options.command).toBe(
      'eslint --config eslint.config.ts --max-warnings 0 --format ./tools/eslint-plugin/formatter.mjs .',
    );
  });

  it('holds for every file of every project, whatever is added to it: each rule is an error where it holds', async () => {
    const eslint = new ESLint({ cwd: root, overrideConfigFile: 'eslint.config.ts' });
    for (const path of [
      'libs/events/src/log/event-log.service.ts',
      'apps/gateway/src/main.ts',
      'e2e/src/server.ts',
    ]) {
      const { rules: active } = (await eslint.calculateConfigForFile(join(root, path))) as {
        rules: Linter.RulesRecord;
      };
      for (const { name, files, except } of bulkheadRules) {
        if (!files && !except) expect(active[`bulkhead/${name}`]).toEqual([2]);
      }
      expect(active['@nx/enforce-module-boundaries']).toEqual([2, expect.anything()]);
    }
  });
});

describe('A configuration in a folder', () => {
  it('is not picked up by the command that lint runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulkhead-lint-'));
    try {
      mkdirSync(join(folder, 'libs/planted'), { recursive: true });
      writeFileSync(
        join(folder, 'eslint.config.mjs'),
        `export default [{ rules: { 'no-debugger': 'error' } }];`,
      );
      writeFileSync(
        join(folder, 'libs/planted/eslint.config.mjs'),
        `export default [{ rules: { 'no-debugger': 'off' } }];`,
      );
      writeFileSync(join(folder, 'libs/planted/planted.js'), 'debugger;\n');
      const found = async (options: ESLint.Options) =>
        (await new ESLint({ cwd: folder, ...options }).lintFiles(['libs/planted/planted.js']))[0]?.errorCount;
      expect(await found({})).toBe(0);
      expect(await found({ overrideConfigFile: 'eslint.config.mjs' })).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
