import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidRequestError, TransportError } from '../validation/request.errors.ts';
import { csvOfForm } from './csv-form.ts';

const UPLOAD_ROUTE = '/v1/tables';
/** By which names programs send a CSV; Windows with Excel names it after Excel. */
const csvTypes = [
  ...['text/csv', 'text/x-csv', 'text/comma-separated-values', 'text/tab-separated-values', 'text/plain'],
  ...['application/csv', 'application/x-csv', 'application/vnd.ms-excel', 'application/octet-stream'],
];
const HOW =
  'Send the CSV as the body with Content-Type text/csv (curl: -H "content-type: text/csv" --data-binary @file.csv), or as the one file of a form (curl: -F file=@file.csv)';

/** Whether a request may upload a table, which reads its body itself and has a time limit of its own. */
export const isTableUpload = ({ method, routeOptions }: FastifyRequest): boolean =>
  method === 'POST' && routeOptions.url === UPLOAD_ROUTE;

/**
 * Where tables are uploaded, a CSV is handed on as it arrives; everywhere else it is no body. No type of it is one that
 * a web page could send for its visitor: it has no token.
 */
export function acceptCsv(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(csvTypes, (request, payload, done) => {
    if (isTableUpload(request)) done(null, payload);
    else done(noCsv);
  });
  fastify.addContentTypeParser('multipart/form-data', (request, payload, done) => {
    if (isTableUpload(request))
      done(null, Readable.from(csvOfForm(payload, request.headers), { objectMode: false }));
    else done(noCsv);
  });
  fastify.addContentTypeParser('*', (request, _, done) => {
    done(
      isTableUpload(request)
        ? new TransportError(415, 'unsupported_media_type', 'Unsupported media type', `${HOW}.`)
        : noCsv,
    );
  });
}

/** Answered like every other type that is not known. */
const noCsv = Object.assign(new Error('No CSV here'), { statusCode: 415 });

/** @throws InvalidRequestError when the body is something else */
export function csvOf({ body }: FastifyRequest): Readable {
  if (body instanceof Readable) return body;
  throw new InvalidRequestError('body', HOW);
}
