import type { FastifyInstance } from 'fastify';
import { bearerToken } from '../rate-limits/bearer-token.ts';
import { HttpProblemFilter } from '../problems/http-problem.filter.ts';
import type { AccessDenialRecorder } from '../security/access-denial-recorder.service.ts';
import type { AddressLimits } from '../rate-limits/address-limits.service.ts';
import { isCare, isCounted, markCounted } from '../rate-limits/counted-requests.ts';
import type { GoodCredentials } from '../rate-limits/good-credentials.service.ts';

export interface GateDependencies {
  readonly limits: AddressLimits;
  readonly credentials: GoodCredentials;
  readonly refusals: Pick<AccessDenialRecorder, 'ofRequest'>;
  readonly metricsToken: string | undefined;
}

/**
 * Refuses an address that is over its limit before its body is read and the database is asked, and counts what no
 * guard does: unknown routes, pages, requests that can't be read. Users who share the address with a flood go on:
 * a credential that was good a moment ago passes.
 */
export function guardAddresses(fastify: FastifyInstance, gate: GateDependencies): void {
  const { limits, credentials, refusals, metricsToken } = gate;
  const filter = new HttpProblemFilter();
  fastify.addHook('onRequest', (request, reply, done) => {
    const refusal = isCare(request, metricsToken) ? undefined : limits.refusal(request.ip);
    if (!refusal || credentials.has(bearerToken(request))) return done();
    markCounted(request);
    filter.answer(refusals.ofRequest(refusal, request), request, reply);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    if (!isCounted(request, reply.statusCode, metricsToken)) spendQuietly(limits, request.ip);
    done();
  });
}

/** It was answered already; the next one is refused. */
function spendQuietly(limits: AddressLimits, address: string): void {
  try {
    limits.spend(address);
  } catch {
    // Over the limit is over the limit.
  }
}
