import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/** Tells whether a hop is trusted to name the address before it. */
export type TrustedHop = (address: string | undefined, hop: number) => boolean;

/** @param proxies comma-separated addresses and networks; empty: nobody is trusted */
export function trustedHops(proxies: string): TrustedHop {
  const isTrusted = proxyAddr.compile(proxies.split(',').filter(Boolean));
  // A connection that was closed already has no address.
  return (address, hop) => address !== undefined && isTrusted(address, hop);
}

/**
 * The client's address: the peer's, or what trusted proxies say in X-Forwarded-For. The same rule as Fastify's
 * `request.ip`, for requests that never reach it. Undefined when the client has hung up already.
 */
export function clientAddress(request: IncomingMessage, isTrusted: TrustedHop): string | undefined {
  if (request.socket.remoteAddress === undefined) return undefined;
  return proxyAddr(request, isTrusted);
}
