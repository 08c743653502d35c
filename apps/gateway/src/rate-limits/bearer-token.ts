import type { FastifyRequest } from 'fastify';

/**
 * The bearer token that a request carries, unread. Tokens in queries or bodies are not looked for.
 * Source: RFC 6750, section 2.1.
 */
export function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^Bearer ([\w.~+/-]+=*)$/i.exec(headers.authorization ?? '')?.[1];
}
