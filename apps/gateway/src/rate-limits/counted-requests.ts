import { createHash, timingSafeEqual } from 'node:crypto';
import type { Identity } from '@bulkhead/user-context';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from './bearer-token.ts';

type Counted = FastifyRequest & { identity?: Identity; isCounted?: boolean };

/** Never limited: an orchestrator that gets no answer restarts the node. */
const health = new Set(['/health', '/health/live', '/health/ready', '/health/startup']);
const METRICS = '/metrics';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Tells whether a request is a health probe or an authorised scrape. @param metricsToken METRICS_TOKEN */
export function isCare(request: FastifyRequest, metricsToken: string | undefined): boolean {
  const { url = '' } = request.routeOptions;
  if (health.has(url)) return true;
  const token = url === METRICS ? bearerToken(request) : undefined;
  if (metricsToken === undefined || token === undefined) return false;
  return timingSafeEqual(digest(token), digest(metricsToken));
}

/** A guard, or a refusal, has counted the request already. */
export function markCounted(request: FastifyRequest): void {
  (request as Counted).isCounted = true;
}

/** Tells whether an answered request need not be counted against its address any more. */
export function isCounted(
  request: FastifyRequest,
  status: number,
  metricsToken: string | undefined,
): boolean {
  const { identity, isCounted: isMarked, routeOptions } = request as Counted;
  const isMetrics = routeOptions.url === METRICS && status < 400;
  return identity !== undefined || isMarked === true || isMetrics || isCare(request, metricsToken);
}
