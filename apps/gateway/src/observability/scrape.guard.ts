import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Authenticator } from '@bulkhead/auth';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../rate-limits/bearer-token.ts';
import { requirePermission } from '../security/authentication.guard.ts';
import { GatewayConfig } from '../config/gateway.config.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets in who has `METRICS_TOKEN`, and administrators. Without a token, nobody but them. */
@Injectable()
export class ScrapeGuard implements CanActivate {
  constructor(
    private readonly config: GatewayConfig,
    private readonly authenticator: Authenticator,
  ) {}

  /** @throws UnauthenticatedError, PermissionRequiredError, DatabaseUnavailableError */
  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const token = bearerToken(request);
    const { METRICS_TOKEN: expected } = this.config;
    if (expected !== undefined && token !== undefined && timingSafeEqual(digest(token), digest(expected))) {
      return true;
    }
    requirePermission(await this.authenticator.authenticate(token, request.ip), 'admin:read');
    return true;
  }
}
