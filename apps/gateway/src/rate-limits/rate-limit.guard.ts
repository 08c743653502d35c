import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Identity } from '@bulkhead/user-context';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config/gateway.config.ts';
import { isCare, markCounted } from './counted-requests.ts';
import { AddressLimits } from './address-limits.service.ts';
import { RateLimits, rateLimitHeaders } from './rate-limits.service.ts';

/**
 * Counts each REST request: for its user, or for its address when the route needs none. What never comes to a route is
 * counted in address-gate.ts, frames in `SocketAdapter`.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly limits: RateLimits,
    private readonly addresses: AddressLimits,
    private readonly config: GatewayConfig,
  ) {}

  /** @throws RateLimitedError */
  canActivate(execution: ExecutionContext): boolean {
    if (execution.getType() !== 'http') return true;
    const http = execution.switchToHttp();
    const request = http.getRequest<FastifyRequest & { identity?: Identity }>();
    if (isCare(request, this.config.METRICS_TOKEN)) return true;
    const { identity } = request;
    if (!identity) markCounted(request);
    const { user, address } = this.limits;
    const allowance = identity ? user.spend(identity.userId) : this.addresses.spend(request.ip);
    const headers = rateLimitHeaders((identity ? user : address).name, allowance);
    void http.getResponse<FastifyReply>().headers(headers);
    return true;
  }
}
