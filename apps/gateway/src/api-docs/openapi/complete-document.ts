import type { OpenAPIObject } from '@nestjs/swagger';
import { problemResponse } from '../../problems/api-problems.decorator.ts';
import { routeTexts } from './route-texts.ts';

/** As much of an operation as is completed here. */
interface Operation {
  operationId?: string;
  summary?: string;
  security?: readonly object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description?: string; headers?: Record<string, object> }>;
}

type Schema = Record<string, unknown>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** Read where a client sends them anyway; nothing that a caller has to give. */
const implied = new Set(['user-agent']);

const descriptions: Readonly<Record<string, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Accepted: it goes on after this answer.',
  204: 'Done; there is nothing to say.',
};
const text = (description: string, type = 'string') => ({ description, schema: { type } });
const always = {
  'x-request-id': {
    description: "The request's own id, also in the server's log.",
    schema: { type: 'string', format: 'uuid' },
  },
};
const limited = {
  ratelimit: text('What is left of the limit, and the seconds until it is whole again.'),
  'ratelimit-policy': text('The limit: its quota and its window in seconds.'),
};
const tagged = { etag: text('Names this answer: send it as `If-None-Match` when you ask again.') };
const later = { 'retry-after': text('Whole seconds to wait before trying again.', 'integer') };

/**
 * Adds the facts of many routes at once that no decorator says: a summary, the problems that the guards, the body's
 * reader and the server as a whole answer with, the headers of every answer, that unknown fields of a body are refused,
 * and that numbers are whole unless they are declared as `double`.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (!operation) continue;
      complete(operation, `${method.toUpperCase()} ${path}`);
      for (const { schema } of Object.values(operation.requestBody?.content ?? {}))
        closeSchema(schema, document);
    }
  }
  return wholeNumbers(document) as OpenAPIObject;
}

function closeSchema(schema: Schema, { components }: OpenAPIObject): void {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  const described = name === undefined ? schema : (components?.schemas?.[name] as Schema | undefined);
  if (described?.['type'] === 'object') described['additionalProperties'] = false;
}

function wholeNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wholeNumbers);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, wholeNumbers(field)] as const);
  const schema = Object.fromEntries(fields);
  if (schema['type'] === 'number' && schema['format'] !== 'double') schema['type'] = 'integer';
  return schema;
}

function complete(operation: Operation, route: string): void {
  // A route that needs no credential says so: absent, the document's own default would hold.
  operation.security ??= [];
  operation.summary ??= routeTexts[route] ?? wordsOf(operation.operationId ?? route);
  operation.parameters = (operation.parameters ?? []).filter(({ name }) => !implied.has(name));
  for (const status of sharedStatuses(operation, route))
    operation.responses[status] ??= problemResponse(status);
  for (const [status, response] of Object.entries(operation.responses)) {
    response.description ||= descriptions[status] ?? '';
    response.headers = {
      ...always,
      ...(route.includes(' /v1/') && Number(status) < 400 && limited),
      ...((status === '304' || (status === '200' && operation.responses['304'])) && tagged),
      ...((status === '429' || status === '503') && later),
      ...response.headers,
    };
  }
}

/** The problems that a route answers with whatever it does itself; a body is looked at also where none is asked for. */
function sharedStatuses({ security }: Operation, route: string): number[] {
  return [
    400,
    ...((security ?? []).length > 0 ? [401, 403] : []),
    406,
    ...(route.startsWith('GET ') ? [] : [413, 415]),
    ...(route.includes(' /v1/') ? [429, 503] : []),
    500,
  ];
}

/** `runtime_listNodes` as words: for a route that has no text yet. */
const wordsOf = (id: string): string =>
  id.replace(/_/g, ': ').replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
