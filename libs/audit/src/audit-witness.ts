import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditWitnessUnreadableError } from './audit.errors.ts';

/** The newest seal that a node has seen. */
export interface Witness {
  readonly sealNo: number;
  readonly mac: string;
}

const NAMED_MAC_LENGTH = 16;
const fileIn = (folder: string): string => join(folder, 'audit-witness.json');

/** Names a witness in a setting: for this one only, so that a setting that stays behind accepts nothing later. */
export const nameOfWitness = ({ sealNo, mac }: Witness): string =>
  `${sealNo}-${mac.slice(0, NAMED_MAC_LENGTH)}`;

/** Remembers a seal outside the database, so that nobody there can take away the newest ones unnoticed. */
export async function writeWitness(folder: string, witness: Witness): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${fileIn(folder)}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ sealNo: witness.sealNo, mac: witness.mac })}\n`);
    // Or a power failure could leave an empty file under the final name.
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(draft, fileIn(folder));
}

/**
 * Undefined when there is none.
 * @throws AuditWitnessUnreadableError when there is something else in its place
 */
export async function readWitness(folder: string): Promise<Witness | undefined> {
  const text = await readFile(fileIn(folder), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { sealNo, mac } = parse(text);
  if (typeof sealNo !== 'number' || typeof mac !== 'string') throw new AuditWitnessUnreadableError();
  return { sealNo, mac };
}

function parse(text: string): Partial<Record<keyof Witness, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Record<keyof Witness, unknown>>;
  } catch (cause) {
    throw new AuditWitnessUnreadableError(cause);
  }
}
