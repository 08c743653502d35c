import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** The newest seal that a node has seen. */
export interface Witness {
  readonly sealNo: number;
  readonly mac: string;
}

const fileIn = (folder: string): string => join(folder, 'audit-witness.json');

/** Remembers a seal outside the database, so that nobody there can take away the newest ones unnoticed. */
export async function writeWitness(folder: string, witness: Witness): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${fileIn(folder)}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(witness)}\n`);
  } finally {
    await file.close();
  }
  await rename(draft, fileIn(folder));
}

/** Undefined when there is none that can be read. */
export async function readWitness(folder: string): Promise<Witness | undefined> {
  try {
    const { sealNo, mac } = JSON.parse(await readFile(fileIn(folder), 'utf8')) as Partial<Witness>;
    return typeof sealNo === 'number' && typeof mac === 'string' ? { sealNo, mac } : undefined;
  } catch {
    return undefined;
  }
}
