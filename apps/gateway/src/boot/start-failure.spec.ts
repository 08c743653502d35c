import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { startFailure } from './start-failure.ts';

/** The error with which listening there really fails. */
async function failureOf(HOST: string, PORT: number): Promise<string> {
  const server = createServer();
  const [error] = (await once(server.listen(PORT, HOST), 'error').catch((error: unknown) => [error])) as [
    Error,
  ];
  return startFailure(error, { HOST, PORT });
}

describe('a server that can not listen says', () => {
  it('that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const text = await failureOf('127.0.0.1', port);
    other.close();
    expect(text).toBe(
      `127.0.0.1:${port} is taken. Stop the program that listens there, or set PORT to another one.`,
    );
  });

  it('that the machine has no such address', async () => {
    expect(await failureOf('192.0.2.1', 0)).toBe(
      'This machine has no address 192.0.2.1. Set HOST to one that it has.',
    );
  });

  it('all of a defect', () => {
    expect(startFailure(new TypeError('x'), { HOST: '::1', PORT: 1 })).toMatch(/TypeError: x\n\s+at /);
  });
});

describe('a server that can not keep its data says', () => {
  it('which folder can not be written, and what to do', async () => {
    const error: unknown = await mkdir('/dev/null/data').catch((cause: unknown) => cause);
    expect(startFailure(error, { HOST: '::1', PORT: 1 })).toBe(
      "/dev/null/data can't be written (ENOTDIR). Set DATA_DIR to a folder that this user can write to, with room in it.",
    );
  });
});
