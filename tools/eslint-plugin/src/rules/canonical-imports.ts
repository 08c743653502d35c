import { posix } from 'node:path';
import type { TSESLint } from '@typescript-eslint/utils';
import { onModuleReference, type ModuleReference } from '../ast/modules.ts';
import { importRegistry, type ImportRegistry } from '../registry.ts';
import type { BulkheadRule, RuleModule } from '../rule.ts';

const name = 'canonical-imports';
const message =
  'Import from the package itself: what its index does not export is not for others. ' +
  'docs/reference/import-registry.md has the one path of every public symbol.';
const door = /^@bulkhead\/[^/]+(\/(testing|bridge))?$/;
const project = /(?:^|\/)((?:apps|libs|tools)\/[^/]+|e2e)\//;

/** Every import of another package goes through its door, from where the registry says that the symbol is. */
export function canonicalImportsOf(registry: ImportRegistry): RuleModule {
  return {
    meta: {
      type: 'problem',
      fixable: 'code',
      docs: { description: message, url: `tools/eslint-plugin/docs/${name}.md` },
      messages: {
        banned: message,
        elsewhere: '{{symbol}} is imported from "{{from}}" alone. See docs/reference/import-registry.md.',
      },
      schema: [],
    },
    create: (context) =>
      onModuleReference((reference) => {
        const homes = homesOf(registry, reference);
        const fix = replacement(reference, homes);
        if (isForeign(context.filename, reference.name)) {
          context.report({ node: reference.node, messageId: 'banned', fix });
        } else if (door.test(reference.name)) {
          const symbol = reference.imported.find((it) => {
            const all = registry.homesOf(it);
            return all.length > 0 && !all.includes(reference.name);
          });
          if (symbol === undefined) return;
          const data = { symbol, from: registry.homesOf(symbol).join('" or "') };
          context.report({ node: reference.node, messageId: 'elsewhere', data, fix });
        }
      }),
  };
}

/** Whether a module's name goes into another project's inside. */
function isForeign(file: string, source: string): boolean {
  if (source.startsWith('@bulkhead/')) return !door.test(source);
  const inside = /(?:^|\/)(?:libs|apps)\/[^/]+\/(?:src|dist)(?:\/|$)/.test(source);
  if (!source.startsWith('.')) return inside;
  const here = project.exec(file.replaceAll('\\', '/'))?.[1];
  const there = project.exec(`${resolved(file, source)}/`)?.[1];
  return here !== undefined && there !== undefined && here !== there;
}

const resolved = (file: string, source: string): string =>
  posix.join(posix.dirname(file.replaceAll('\\', '/')), source);

/** The one module that has everything imported here, if there is one. */
function homesOf(registry: ImportRegistry, { imported, name: source }: ModuleReference): readonly string[] {
  const [first = [], ...others] = imported.map((it) => {
    const homes = registry.homesOf(it);
    const own = homes.filter((home) => source.startsWith(`${home}/`) || source === home);
    return own.length === 1 ? own : homes;
  });
  return first.filter((home) => others.every((homes) => homes.includes(home)));
}

function replacement(
  { source }: ModuleReference,
  homes: readonly string[],
): TSESLint.ReportFixFunction | null {
  const [home, ...others] = homes;
  if (home === undefined || others.length > 0) return null;
  return (fixer) => fixer.replaceText(source, `'${home}'`);
}

export const canonicalImports: BulkheadRule = { name, rule: canonicalImportsOf(importRegistry) };
