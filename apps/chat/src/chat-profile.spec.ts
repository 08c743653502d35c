import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialsFor } from './chat-profile.ts';

describe('the chat profile', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bulkhead-profile-'));
    file = join(folder, 'data', 'chat-profile.json');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is the same for a server each time', async () => {
    const first = await credentialsFor(file, 'http://a');
    expect(await credentialsFor(file, 'http://a')).toEqual(first);
    expect(first.password.length).toBeGreaterThanOrEqual(10);
  });

  it('is another one for another server, and keeps the first', async () => {
    const first = await credentialsFor(file, 'http://a');
    expect(await credentialsFor(file, 'http://b')).not.toEqual(first);
    expect(await credentialsFor(file, 'http://a')).toEqual(first);
  });

  it('can be read by its owner only', async () => {
    await credentialsFor(file, 'http://a');
    await credentialsFor(file, 'http://b');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'no json', '[]', 'null', '{"http://a":{}}', '{"http://a":null}'])(
    'leaves a file alone that it does not understand: %j',
    async (text) => {
      file = join(folder, 'chat-profile.json');
      await writeFile(file, text);
      await expect(credentialsFor(file, 'http://a')).rejects.toThrow('is not a chat profile');
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );
});
