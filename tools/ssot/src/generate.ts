import { diagramFiles } from './diagram/diagram.ts';
import { staleFiles, writeFiles, type GeneratedFile } from './generated-file.ts';
import { registryFiles } from './registry/registry.ts';

/** What is written from the code, by the name of the target that writes it. */
const generators: Readonly<
  Record<string, (root: string) => Promise<readonly GeneratedFile[]> | readonly GeneratedFile[]>
> = {
  registry: registryFiles,
  diagram: diagramFiles,
};

/** Writes the files, or with `--check` says which are stale and fails. */
export async function generate(root: string, name: string, args: readonly string[]): Promise<number> {
  const files = (await generators[name]?.(root)) ?? [];
  if (!args.includes('--check')) {
    for (const path of writeFiles(root, files)) console.log(`wrote ${path}`);
    return 0;
  }
  const stale = staleFiles(root, files);
  for (const path of stale) console.error(`${path} is stale. Run: npx nx run ssot:${name}`);
  return stale.length === 0 ? 0 : 1;
}
