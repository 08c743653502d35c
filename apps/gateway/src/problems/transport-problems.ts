import { TransportError } from '../validation/request.errors.ts';

type Words = readonly [code: string, title: string, message: string];

/** AccessDenialRecorder of the HTTP server itself, before any handler, in our words. Titles are those of the type, one per code. */
const transportProblems: Readonly<Record<number, Words>> = {
  400: [
    'malformed_request',
    'The request can not be read',
    'The request can not be read. Send valid JSON with the matching Content-Length.',
  ],
  404: [
    'not_found',
    'Not found',
    'There is no such route. /docs shows those there are, and /openapi.json lists them.',
  ],
  405: [
    'method_not_allowed',
    'Method not allowed',
    'This route does not know the method. Allow lists those it knows.',
  ],
  406: [
    'not_acceptable',
    'Not acceptable',
    'There is no answer of a type that Accept names. Accept application/json.',
  ],
  408: ['request_timeout', 'Request timeout', 'The request did not arrive in time. Send it again.'],
  413: ['body_too_large', 'The body is too large', 'The body is too large. Send less at once.'],
  414: ['uri_too_long', 'The path is too long', 'The path is too long.'],
  415: [
    'unsupported_media_type',
    'Unsupported media type',
    'The body must be JSON: set Content-Type to application/json.',
  ],
  421: [
    'host_not_allowed',
    'Unknown host name',
    'This server is not known by the name in Host. Use its own name, or have this one added to ALLOWED_HOSTS.',
  ],
  431: ['headers_too_large', 'The headers are too large', 'The headers are too large.'],
};

/**
 * The error for a status that the HTTP server or one of its plugins answers with; undefined for one that means a
 * defect of ours. A refused path, such as one that leaves the folder of the static files, is no route; any other
 * refusal without words of its own is a request that can't be read.
 */
export function transportError(status: number): TransportError | undefined {
  const known = transportProblems[status];
  if (known) return new TransportError(status, ...known);
  if (status < 400 || status >= 500) return undefined;
  return transportError(status === 403 ? 404 : 400);
}
