import type { Linter } from 'eslint';
import { bulkheadRules } from './plugin.ts';

type Configs = readonly Linter.Config[];

/**
 * Refuses a configuration that says anything of this repository's own rules beside the one line that switches each on:
 * a later entry would win over it. It also refuses processors, languages and parsers that rules don't see through.
 * @throws Error naming each entry
 */
export function assertNothingIsSwitchedOff(configs: Configs): void {
  const own = new Map(bulkheadRules.map(({ name }) => [`bulkhead/${name}`, 0]));
  const wrong: string[] = [];
  for (const { name = 'without a name', rules = {}, linterOptions, processor } of configs) {
    for (const [rule, setting] of Object.entries(rules)) {
      if (!rule.startsWith('bulkhead/')) continue;
      if (name !== rule || setting !== 'error') wrong.push(`${name} sets ${rule}`);
      own.set(rule, (own.get(rule) ?? 0) + 1);
    }
    if (linterOptions?.noInlineConfig === false) wrong.push(`${name} lets comments switch rules off`);
    if (processor !== undefined) wrong.push(`${name} changes files before the rules see them`);
  }
  for (const [rule, times] of own) if (times !== 1) wrong.push(`${rule} is set ${times} times`);
  if (!configs.some(({ files, linterOptions }) => !files && linterOptions?.noInlineConfig))
    wrong.push('nothing keeps comments from switching rules off');
  if (wrong.length > 0)
    throw new Error(
      `The rules of this repository hold everywhere: ${wrong.join('; ')}. An exception is a line in the rule's own file.`,
    );
}
