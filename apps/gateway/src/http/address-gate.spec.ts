import Fastify, { type FastifyInstance } from 'fastify';
import { guardAddresses } from './address-gate.ts';
import type { AddressLimits } from '../rate-limits/address-limits.service.ts';
import { GoodCredentials } from '../rate-limits/good-credentials.service.ts';
import { RateLimitedError } from '../rate-limits/rate-limits.errors.ts';

const TOKEN = 'token-of-the-scraper';

let fastify: FastifyInstance;
let spent: string[];
let isOver: boolean;
let handled: string[];
const credentials = new GoodCredentials();

beforeAll(async () => {
  fastify = Fastify();
  const limits: Pick<AddressLimits, 'spend' | 'refusal'> = {
    spend: (address) => {
      spent.push(String(address));
      return { limit: 1, left: 0, seconds: 60 };
    },
    refusal: () => (isOver ? new RateLimitedError(1, 60) : undefined),
  };
  guardAddresses(fastify, {
    limits: limits as AddressLimits,
    credentials,
    refusals: { ofRequest: (error) => error },
    metricsToken: TOKEN,
  });
  for (const path of ['/health/live', '/metrics', '/docs', '/v1/me'])
    fastify.get(path, () => {
      handled.push(path);
      return 'done';
    });
  await fastify.ready();
});
afterAll(() => fastify.close());
beforeEach(() => {
  [spent, handled, isOver] = [[], [], false];
});

const ask = (url: string, token?: string) =>
  fastify.inject({ url, ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }) });

describe('an address over its limit', () => {
  beforeEach(() => (isOver = true));

  it.each(['/v1/me', '/docs', '/metrics', '/nowhere', '/health/nowhere'])(
    'is refused at %s before anything is done, with the time to come back',
    async (path) => {
      const response = await ask(path, 'made-up');
      expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '60']);
      expect(handled).toEqual([]);
    },
  );

  it('is answered at /health, with the token of the scraper at /metrics, and for a user who was just there', async () => {
    credentials.note('good');
    expect((await ask('/health/live')).statusCode).toBe(200);
    expect((await ask('/metrics', TOKEN)).statusCode).toBe(200);
    expect((await ask('/v1/me', 'good')).statusCode).toBe(200);
  });
});

describe('a request without a user', () => {
  it.each(['/docs', '/nowhere', '/v1/me'])('at %s counts once against its address', async (path) => {
    await ask(path);
    expect(spent).toEqual(['127.0.0.1']);
  });

  it('at /health, or for metrics that are handed out, counts for nothing', async () => {
    await ask('/health/live');
    await ask('/metrics', TOKEN);
    expect(spent).toEqual([]);
  });
});
