import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { holdToContract } from './api-contract.ts';

const thread = {
  type: 'object',
  required: ['threadId'],
  properties: { threadId: { type: 'string' }, title: { type: ['string', 'null'] } },
};
const document = {
  openapi: '3.1.0',
  paths: {
    '/v1/threads/{threadId}': {
      get: {
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thread' } } } },
          404: { content: { 'application/problem+json': { schema: { type: 'object' } } } },
        },
      },
      delete: { responses: { 204: {} } },
    },
  },
  components: { schemas: { Thread: thread } },
};

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((_request, response) => response.end(JSON.stringify(document))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const answer = (status: number, body: unknown, contentType = 'application/json; charset=utf-8') => ({
  status,
  contentType,
  text: body === undefined ? '' : JSON.stringify(body),
});
const held = (given: ReturnType<typeof answer>, path = '/v1/threads/1', method = 'GET') =>
  holdToContract(url, { method, path }, given);

describe('an answer', () => {
  it.each<[string, Parameters<typeof held>]>([
    ['is as described', [answer(200, { threadId: 'x', title: null }), '/v1/threads/1?limit=1']],
    ['is a described problem', [answer(404, {}, 'application/problem+json')]],
    ['is empty where nothing is described', [answer(204, undefined), '/v1/threads/1', 'DELETE']],
    ['is about a route that nobody describes', [answer(404, {}), '/v1/nothing']],
  ])('passes that %s', async (_what, parts) => {
    await expect(held(...parts)).resolves.toBeUndefined();
  });

  it.each<[string, Parameters<typeof held>, string]>([
    ['has another status', [answer(418, {})], 'status 418 is not described'],
    ['has another type of body', [answer(200, {}, 'text/html')], 'a body of text/html is not described'],
    ['lacks a field', [answer(200, { title: 'x' })], "must have required property 'threadId'"],
    ['has a field of another type', [answer(200, { threadId: 1 })], 'threadId must be string'],
    ['has no body', [answer(200, undefined)], 'an empty body is not described'],
    ['has a body', [answer(204, {}), '/v1/threads/1', 'DELETE'], 'a body of application/json'],
  ])('is caught that %s', async (_what, parts, complaint) => {
    await expect(held(...parts)).rejects.toThrow(complaint);
  });
});
