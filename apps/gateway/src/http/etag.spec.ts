import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ResourceNotFoundError } from '@bulkhead/errors';
import { HttpProblemFilter } from '../problems/http-problem.filter.ts';
import { Revalidated } from './etag.interceptor.ts';

@Controller()
class NotesController {
  #text = 'first';

  @Get('note')
  @Revalidated()
  get(): object {
    return { text: this.#text };
  }

  @Get('absent')
  @Revalidated()
  absent(): never {
    throw new ResourceNotFoundError('thread');
  }

  @Get('plain')
  plain(): object {
    return { text: this.#text };
  }

  @Post('note')
  @HttpCode(204)
  change(): void {
    this.#text += '+';
  }
}

let app: NestFastifyApplication;
beforeAll(async () => {
  const module = await Test.createTestingModule({
    controllers: [NotesController],
    providers: [{ provide: APP_FILTER, useClass: HttpProblemFilter }],
  }).compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.init();
});
afterAll(() => app.close());

const get = (url: string, ifNoneMatch?: string) =>
  app.inject({ url, headers: ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch } });
const tagNow = async (): Promise<string> => String((await get('/note')).headers.etag);

describe('an answer that can be revalidated', () => {
  it('is named by a weak tag, the same while it is the same, and may be kept by its client alone', async () => {
    const { statusCode, headers, body } = await get('/note');
    expect([statusCode, JSON.parse(body)]).toEqual([200, { text: 'first' }]);
    expect(headers).toMatchObject({
      etag: expect.stringMatching(/^W\/"[\w-]{43}"$/),
      'cache-control': 'private, no-cache',
    });
    expect(await tagNow()).toBe(headers.etag);
  });

  it.each([
    ['its tag', (tag: string) => tag],
    ['its tag as a strong one', (tag: string) => tag.slice(2)],
    ['its tag among others', (tag: string) => `"other", ${tag} ,W/"third"`],
    ['any', () => '*'],
  ])('is 304 and empty to who has %s', async (_what, conditionOf) => {
    const tag = await tagNow();
    const { statusCode, headers, body } = await get('/note', conditionOf(tag));
    expect([statusCode, body, headers.etag]).toEqual([304, '', tag]);
    expect(headers).not.toHaveProperty('content-type');
  });

  it.each(['"other"', '', ',', 'W/', 'no tag at all', `"${'x'.repeat(8_000)}"`])(
    'is whole to who has something else: %#',
    async (condition) => {
      expect((await get('/note', condition)).statusCode).toBe(200);
    },
  );

  it('is whole again, under another tag, once it has changed', async () => {
    const before = await tagNow();
    await app.inject({ method: 'POST', url: '/note' });
    const { statusCode, headers } = await get('/note', before);
    expect(statusCode).toBe(200);
    expect(headers.etag).not.toBe(before);
  });

  it('is refused like any other where it is refused, whatever is sent', async () => {
    const { statusCode, headers } = await get('/absent', '*');
    expect(statusCode).toBe(404);
    expect(headers).not.toHaveProperty('etag');
  });

  it('is what a route says that it is, and no other', async () => {
    const { statusCode, headers } = await get('/plain', '*');
    expect(statusCode).toBe(200);
    expect(headers).not.toHaveProperty('etag');
  });
});
