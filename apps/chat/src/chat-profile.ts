import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Credentials } from '@bulkhead/client';

/**
 * The account that this computer uses for a server: made on first use, the same ever after. The file holds one
 * per server and can be read by its owner only.
 * @throws Error when the file is there but can't be understood: overwriting it would lose accounts
 */
export async function credentialsFor(file: string, url: string): Promise<Credentials> {
  const profiles = await readProfiles(file);
  const known = profiles[url];
  if (known) return known;
  const made: Credentials = {
    // A domain that can't exist (RFC 2606): nobody's mail goes there.
    email: `chat-${randomBytes(8).toString('hex')}@bulkhead.invalid`,
    password: randomBytes(24).toString('base64url'),
  };
  await writeProfiles(file, { ...profiles, [url]: made });
  return made;
}

type Profiles = Readonly<Record<string, Credentials>>;

async function readProfiles(file: string): Promise<Profiles> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const profiles = parse(text);
  if (profiles) return profiles;
  throw new Error(`${file} is not a chat profile. Move it away, and a new one is made.`);
}

function parse(text: string): Profiles | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isProfiles(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProfiles(value: unknown): value is Profiles {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value as Record<string, Partial<Credentials> | null>).every(
    (entry) => typeof entry?.email === 'string' && typeof entry.password === 'string',
  );
}

/** In one move: a crash half-way leaves the old file. */
async function writeProfiles(file: string, profiles: Profiles): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.draft`;
  await writeFile(draft, `${JSON.stringify(profiles, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
