import { Controller, Get, Post, Query, type INestApplication } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { HttpProblemFilter } from '../problems/http-problem.filter.ts';
import { UnknownQueryGuard } from './unknown-query.guard.ts';

@Controller('sample')
class SampleController {
  @Post()
  plain(): string {
    return 'done';
  }

  @Get()
  list(@Query() query: object): object {
    return query;
  }
}

let app: NestFastifyApplication & INestApplication;

beforeAll(async () => {
  const module = await Test.createTestingModule({
    controllers: [SampleController],
    providers: [
      { provide: APP_GUARD, useClass: UnknownQueryGuard },
      { provide: APP_FILTER, useClass: HttpProblemFilter },
    ],
  }).compile();
  app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.init();
});
afterAll(() => app.close());

describe('a query parameter', () => {
  it('of a route that has none is refused by its name', async () => {
    const response = await app.inject({ method: 'POST', url: '/sample?wait=true' });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'invalid_request', field: 'wait' });
  });

  it('is left to the route where that reads its query', async () => {
    const response = await app.inject({ method: 'GET', url: '/sample?wait=true' });
    expect(response.json()).toEqual({ wait: 'true' });
  });

  it('that is absent refuses nothing', async () => {
    expect((await app.inject({ method: 'POST', url: '/sample?' })).statusCode).toBe(201);
  });
});
