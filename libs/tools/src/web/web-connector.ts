import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { AddressCheck } from './address-check.ts';
import { notPublic } from './web-target.ts';

/** Every address of a name. */
export type Resolver = (hostname: string) => Promise<readonly LookupAddress[]>;

export const systemResolver: Resolver = (hostname) =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true, verbatim: true }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    );
  });

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * An agent for one request. The name is resolved once, every address it has is checked, and the connection goes to
 * one of those and no other: a name that is answered differently a moment later changes nothing.
 */
export function webAgent(resolver: Resolver, isReachable: AddressCheck): Agent {
  const lookup: LookupFunction = (hostname, { all }, done) => {
    resolver(hostname).then(
      (addresses) => {
        const [first] = addresses;
        // One address that is not public makes all of them suspect.
        if (!first || !addresses.every(({ address }) => isReachable(address))) done(notPublic(), '');
        else if (all) done(null, [...addresses]);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, ''),
    );
  };
  const connect = buildConnector({ lookup, timeout: CONNECT_TIMEOUT_MS, allowH2: false });
  return new Agent({
    connect: (options, done) => {
      connect(options, (error, socket) => {
        if (error) done(error, null);
        else if (isReachable(socket.remoteAddress ?? '')) done(null, socket);
        else {
          // Nothing but the connection itself has happened yet: no byte of a request is sent.
          socket.destroy();
          done(notPublic(), null);
        }
      });
    },
    connections: 1,
    pipelining: 0,
  });
}
