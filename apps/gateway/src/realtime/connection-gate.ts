import { ServerResponse } from 'node:http';
import type { AddressCeiling } from '../http/address-ceiling.ts';
import type { AllowedHost } from '../http/allowed-hosts.ts';
import { clientAddress, type TrustedHop } from '../http/client-address.ts';
import { AddressConnectionsError } from '../http/connections.errors.ts';
import { answerBySocket, httpProblemOf } from '../problems/http-problem.ts';
import { transportError } from '../problems/transport-problems.ts';
import type { AddressLimits } from '../rate-limits/address-limits.service.ts';
import type { EngineMiddleware, EngineRequest, EngineResponse, SocketEngine } from './engine.ts';

export interface GateOptions {
  readonly isAllowedHost: AllowedHost;
  readonly isTrusted: TrustedHop;
  readonly limits: Pick<AddressLimits, 'spend' | 'refusal'>;
  readonly ceiling: AddressCeiling;
  /** Told the address of each request, as the peer and its proxies say. */
  readonly onRequest?: (request: EngineRequest) => void;
}

/**
 * Refuses connections of Socket.IO for where they come from, before anything of them is kept: a foreign host name, an
 * address over its limit, one with too many connections. Each request of a connection without a user counts.
 */
export class ConnectionGate {
  constructor(private readonly options: GateOptions) {}

  /** @param isAdmitted whether the user of a connection is known */
  guard(engine: SocketEngine, isAdmitted: (sid: string | undefined) => boolean): void {
    const { isTrusted, ceiling, onRequest } = this.options;
    const middleware: EngineMiddleware = (request, response, next) => {
      onRequest?.(request);
      const refusal = this.#refusalOf(request, isAdmitted);
      if (refusal === undefined) next();
      else answer(refusal, request, response);
    };
    engine.use(middleware);
    engine.on('connection', (session) => {
      const address = clientAddress(session.request, isTrusted);
      // Socket.IO hands it on as the address of the handshake.
      Object.assign(session, { remoteAddress: address });
      const release = ceiling.take(address);
      if (release) session.once('close', release);
      else session.close(true);
    });
  }

  #refusalOf(request: EngineRequest, isAdmitted: (sid: string | undefined) => boolean): unknown {
    const { isAllowedHost, isTrusted, limits, ceiling } = this.options;
    const { sid } = request._query;
    if (!isAllowedHost(request)) return transportError(421);
    if (isAdmitted(sid)) return undefined;
    const address = clientAddress(request, isTrusted);
    if (sid === undefined && ceiling.isReached(address)) return new AddressConnectionsError(ceiling.limit);
    try {
      limits.spend(address);
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

function answer(error: unknown, request: EngineRequest, response: EngineResponse): void {
  // An upgrade has no response of its own.
  if (!(response instanceof ServerResponse)) return answerBySocket(error, request.socket);
  const problem = httpProblemOf(error);
  if (problem.retryAfterSeconds !== undefined) response.setHeader('retry-after', problem.retryAfterSeconds);
  response.setHeader('cache-control', 'no-store');
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problem));
}
