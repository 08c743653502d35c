import type { IncomingMessage } from 'node:http';
import type { LoggerService } from '@nestjs/common';
import { isLoopback } from './allowed-hosts.ts';
import type { TrustedHop } from './client-address.ts';

/** The settings that decide who can reach the server. */
export interface Exposure {
  readonly HOST: string;
  readonly TRUST_PROXY: string;
  readonly ALLOWED_HOSTS: string;
}

type Log = Pick<LoggerService, 'warn'>;

/** Warns at the start of what an operator may not know: the server itself speaks plain HTTP. */
export function warnOfExposure({ HOST, TRUST_PROXY, ALLOWED_HOSTS }: Exposure, log: Log): void {
  if (isLoopback(HOST)) return;
  if (TRUST_PROXY === '') {
    log.warn(
      `Other machines can reach this server at HOST=${HOST}, and it speaks plain HTTP: passwords and tokens can be read ` +
        'on the way. Put a proxy with TLS in front of it and name the proxy in TRUST_PROXY, or set HOST=127.0.0.1.',
    );
  }
  if (ALLOWED_HOSTS === '') {
    log.warn(
      'ALLOWED_HOSTS is empty: the server answers under any host name. List the names that are its own.',
    );
  }
}

/** Warns once when a proxy that is not trusted hands on addresses of clients. @returns looks at a request */
export function watchForwarding(isTrusted: TrustedHop, log: Log): (request: IncomingMessage) => void {
  let hasWarned = false;
  return ({ headers, socket }) => {
    if (hasWarned || headers['x-forwarded-for'] === undefined || isTrusted(socket.remoteAddress, 0)) return;
    hasWarned = true;
    log.warn(
      `Requests with X-Forwarded-For come from ${socket.remoteAddress ?? 'a closed connection'}, which TRUST_PROXY does ` +
        'not name: all clients behind it count as one address. Add it if it is your proxy.',
    );
  };
}
