import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { asyncApiDocument } from './asyncapi-document.ts';

/** Serves the AsyncAPI document at /asyncapi.json; like the OpenAPI document, to everybody. */
export function serveAsyncApi(app: NestFastifyApplication): void {
  const document = asyncApiDocument();
  app
    .getHttpAdapter()
    .getInstance()
    .get('/asyncapi.json', (_request, reply) => reply.send(document));
}
