import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Authenticator, IdentityLiveness } from '@bulkhead/auth';
import type { AuthenticatedHttpRequest, Identity } from '@bulkhead/user-context';
import type { FastifyRequest } from 'fastify';
import type { Socket } from 'socket.io';
import { IS_PUBLIC } from './public.decorator.ts';

/** A REST request that the guard has let through. */
export type UserRequest = FastifyRequest & AuthenticatedHttpRequest;

/** The one door for REST; and for sockets, which the handshake let in, the check of every frame: may they still? */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly liveness: IdentityLiveness,
  ) {}

  async canActivate(execution: ExecutionContext): Promise<boolean> {
    if (execution.getType() === 'ws') {
      const socket = execution.switchToWs().getClient<Socket<never, never, never, { identity: Identity }>>();
      // With the roles that the user has by now, not those of the handshake.
      socket.data.identity = this.liveness.current(socket.data.identity);
      return true;
    }
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, [execution.getHandler(), execution.getClass()]))
      return true;
    const request = execution.switchToHttp().getRequest<FastifyRequest & { identity: Identity }>();
    request.identity = await this.authenticator.authenticate(bearerToken(request.headers.authorization));
    return true;
  }
}

/** Source: RFC 6750, section 2.1. Tokens in queries or bodies are not looked for. */
function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer ([\w.~+/-]+=*)$/i.exec(header ?? '')?.[1];
}
