import { TransportError } from './request.errors.ts';

/** What the HTTP server refuses before our code runs, in our words. */
const transportProblems: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: [
    'malformed_request',
    'The request can not be read. Send valid JSON with the matching Content-Length.',
  ],
  404: ['not_found', 'There is no such route. See /openapi.json for those there are.'],
  405: ['method_not_allowed', 'This route does not know the method. Allow lists those it knows.'],
  406: ['not_acceptable', 'There is no answer of a type that Accept names. Accept application/json.'],
  408: ['request_timeout', 'The request did not arrive in time. Send it again.'],
  413: ['body_too_large', 'The body is too large. Send less at once.'],
  414: ['uri_too_long', 'The path is too long.'],
  415: ['unsupported_media_type', 'The body must be JSON: set Content-Type to application/json.'],
  431: ['headers_too_large', 'The headers are too large.'],
};

/** The error for a status that the HTTP server itself answers with; undefined for one that it does not. */
export function transportError(status: number): TransportError | undefined {
  const [code, message] = transportProblems[status] ?? [];
  return code && message ? new TransportError(status, code, message) : undefined;
}
