import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { limitBodies } from './request-timeout.ts';

let fastify: FastifyInstance;

beforeAll(async () => {
  fastify = Fastify();
  limitBodies(fastify, { bodyMs: 200, isUpload: ({ url }) => url === '/upload' });
  fastify.post('/plain', (request) => request.body);
  fastify.post('/upload', (request) => request.body);
  fastify.post('/refused', { onRequest: (_request, reply) => void reply.status(401).send() }, () => 'never');
  await fastify.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => fastify.close());

/** Sends a body in parts, with a pause before each but the first. @returns all that comes, once it is closed or enough */
async function say(path: string, parts: readonly string[], until?: RegExp): Promise<string> {
  const { port } = fastify.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  let answer = '';
  const enough = new Promise<void>((resolve) =>
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (until?.test(answer)) resolve();
    }),
  );
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n`,
  );
  for (const [index, part] of parts.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, 500));
    socket.write(part);
  }
  await Promise.race([once(socket, 'close'), enough]);
  socket.destroy();
  return answer;
}

describe('a body', () => {
  it('that never ends is answered with request_timeout, and its connection closed', async () => {
    expect(await say('/plain', ['{'])).toMatch(/^HTTP\/1\.1 408 .*connection: close.*"request_timeout"/is);
  });

  it('that arrives in time is taken', async () => {
    expect(await say('/plain', ['{}'], /\{\}/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('of an upload has a limit of its own', async () => {
    expect(await say('/upload', ['{', '}'], /\{\}/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('that was refused before it arrived keeps its connection for two seconds at most', async () => {
    expect(await say('/refused', ['{'])).toMatch(/^HTTP\/1\.1 401 /);
  });
});
