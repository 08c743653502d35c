import type { FastifyInstance } from 'fastify';

/**
 * Has no answer kept by anybody unless its route says otherwise: most are one user's. Source: RFC 9111, section
 * 5.2.2.5.
 */
export function storeNothing(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}
