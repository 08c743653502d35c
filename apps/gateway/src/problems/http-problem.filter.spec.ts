import { Body, Controller, Get, Post, type INestApplication } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { CreateThreadDto } from '../threads/thread.dto.ts';
import { RequestValidationPipe } from '../validation/request-validation.pipe.ts';
import { HttpProblemFilter } from './http-problem.filter.ts';

@Controller()
class SampleController {
  @Post('threads')
  create(@Body() body: CreateThreadDto): CreateThreadDto {
    return body;
  }

  @Get('broken')
  broken(): never {
    throw new Error('password=hunter2');
  }

  @Get('away')
  away(): never {
    throw new DatabaseUnavailableError(new Error('ECONNREFUSED'));
  }
}

let app: INestApplication;
const inject = (app: INestApplication) => (app as NestFastifyApplication).inject.bind(app);

beforeAll(async () => {
  const module = await Test.createTestingModule({
    controllers: [SampleController],
    providers: [
      { provide: APP_FILTER, useClass: HttpProblemFilter },
      { provide: APP_PIPE, useClass: RequestValidationPipe },
    ],
  }).compile();
  const adapter = new FastifyAdapter({
    bodyLimit: 1000,
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
  });
  app = module.createNestApplication<NestFastifyApplication>(adapter, { logger: false });
  await app.init();
});
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };

describe('a REST error', () => {
  it.each([
    ['an unknown route', { method: 'GET', url: '/nowhere' }, 404, 'not_found'],
    [
      'malformed JSON',
      { method: 'POST', url: '/threads', headers: json, payload: '{"title":' },
      400,
      'malformed_request',
    ],
    [
      'an empty body',
      { method: 'POST', url: '/threads', headers: json, payload: '' },
      400,
      'malformed_request',
    ],
    [
      'another content type',
      { method: 'POST', url: '/threads', headers: { 'content-type': 'text/csv' }, payload: 'a,b' },
      415,
      'unsupported_media_type',
    ],
    [
      'a body that is too large',
      { method: 'POST', url: '/threads', headers: json, payload: `"${'x'.repeat(2000)}"` },
      413,
      'body_too_large',
    ],
    [
      'an unknown field',
      { method: 'POST', url: '/threads', headers: json, payload: '{"owner":"x"}' },
      400,
      'invalid_request',
    ],
    [
      '__proto__',
      { method: 'POST', url: '/threads', headers: json, payload: '{"__proto__":{"a":1}}' },
      400,
      'invalid_request',
    ],
    ['a defect of ours', { method: 'GET', url: '/broken' }, 500, 'internal_error'],
  ] as const)('for %s is problem details', async (_, request, status, code) => {
    const response = await inject(app)(request as never);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({ status, code, type: `/problems/${code}` });
    expect(response.payload).not.toContain('hunter2');
  });

  it('says when to come back', async () => {
    const response = await inject(app)({ method: 'GET', url: '/away' });
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.payload).not.toContain('ECONNREFUSED');
  });
});
