import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Authenticator, ConnectionAuthMonitor, type Permission } from '@bulkhead/auth';
import { ContextIsolationError, type AuthenticatedHttpRequest, type Identity } from '@bulkhead/user-context';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../rate-limits/bearer-token.ts';
import type { Socket } from 'socket.io';
import { GoodCredentials } from '../rate-limits/good-credentials.service.ts';
import { ACCESS, type Access } from './access.decorator.ts';
import { PermissionRequiredError } from './access.errors.ts';

/** A REST request that the guard has let through. */
export type UserRequest = FastifyRequest & AuthenticatedHttpRequest;
type AuthenticatedSocket = Socket<never, never, never, { identity: Identity }>;

/**
 * The one door: who asks, whether they still may, and whether they may do this. A socket's identity was verified in
 * the handshake; here it is checked again for every message, in memory, and renewed when its user's roles changed.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly liveness: ConnectionAuthMonitor,
    private readonly credentials: GoodCredentials,
  ) {}

  /** @throws UnauthenticatedError, PermissionRequiredError, DatabaseUnavailableError */
  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const access = this.#accessTo(execution);
    if (execution.getType() === 'ws') {
      const { data } = execution.switchToWs().getClient<AuthenticatedSocket>();
      data.identity = this.liveness.current(data.identity);
      return admit(data.identity, access);
    }
    if (access === 'public') return true;
    const request = execution.switchToHttp().getRequest<FastifyRequest & { identity: Identity }>();
    const token = bearerToken(request);
    try {
      request.identity = await this.authenticator.authenticate(token, request.ip);
    } catch (error) {
      this.credentials.forget(token);
      throw error;
    }
    this.credentials.note(token);
    return admit(request.identity, access);
  }

  /** The boot refuses an entry point that declares nothing; should one get past it, it stays shut. */
  #accessTo(execution: ExecutionContext): Access {
    const places = [execution.getHandler(), execution.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, places);
    if (access === undefined) throw new ContextIsolationError('An entry point does not say who may enter.');
    return access;
  }
}

/** @throws PermissionRequiredError */
export function requirePermission(identity: Identity, permission: Permission): void {
  if (!identity.hasPermission(permission)) throw new PermissionRequiredError(permission);
}

function admit(identity: Identity, access: Access): true {
  if (access !== 'public' && access !== 'authenticated') requirePermission(identity, access);
  return true;
}
