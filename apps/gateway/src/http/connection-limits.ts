import type { Server, Socket } from 'node:net';
import { AddressCeiling } from './address-ceiling.ts';
import type { TrustedHop } from './client-address.ts';

export interface ConnectionLimits {
  /** Of the whole process. */
  readonly all: number;
  /** Of one address, or one /64. */
  readonly perAddress: number;
  /** Proxies carry the connections of many: they have no ceiling. */
  readonly isProxy: TrustedHop;
}

/**
 * Closes connections beyond a ceiling, before a byte of them is read. Those that are refused hear nothing: an answer
 * would be work for whoever floods.
 * @param server with its listeners, before it listens
 */
export function limitConnections(server: Server, { all, perAddress, isProxy }: ConnectionLimits): void {
  server.maxConnections = all;
  const ceiling = new AddressCeiling(perAddress);
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (!isProxy(remoteAddress, 0)) {
      const release = ceiling.take(remoteAddress);
      if (!release) return socket.destroy();
      socket.once('close', release);
    }
    for (const serve of listeners) serve.call(server, socket);
    return undefined;
  });
}
