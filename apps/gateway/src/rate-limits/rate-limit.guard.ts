import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Identity } from '@bulkhead/user-context';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimits, rateLimitHeaders } from './rate-limits.service.ts';

/** Counts each REST request: for its user, or for its address when the route needs none. Frames: see `SocketAdapter`. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  /** @throws RateLimitedError */
  canActivate(execution: ExecutionContext): boolean {
    if (execution.getType() !== 'http') return true;
    const http = execution.switchToHttp();
    const { identity, ip } = http.getRequest<FastifyRequest & { identity?: Identity }>();
    const limit = identity ? this.limits.user : this.limits.address;
    const allowance = limit.spend(identity?.userId ?? ip);
    void http.getResponse<FastifyReply>().headers(rateLimitHeaders(limit.name, allowance));
    return true;
  }
}
