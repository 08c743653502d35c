import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidRequestError } from '../problem/request.errors.ts';

const UPLOAD_ROUTE = '/v1/tables';

/** Whether a request may upload a table, which reads its body itself and has a time limit of its own. */
export const isTableUpload = ({ method, routeOptions }: FastifyRequest): boolean =>
  method === 'POST' && routeOptions.url === UPLOAD_ROUTE;

/** Where tables are uploaded, a CSV is handed on as it arrives; everywhere else it is no body. */
export function acceptCsv(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('text/csv', (request, payload, done) => {
    if (request.routeOptions.url === UPLOAD_ROUTE) done(null, payload);
    else done(Object.assign(new Error('No CSV here'), { statusCode: 415 }));
  });
}

/** @throws InvalidRequestError when the body is something else */
export function csvOf({ body }: FastifyRequest): Readable {
  if (body instanceof Readable) return body;
  throw new InvalidRequestError('body', 'the body must be a CSV: set Content-Type to text/csv');
}
