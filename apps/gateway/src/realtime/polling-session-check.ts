import type { IncomingMessage } from 'node:http';
import { clientAddress, type TrustedHop } from '../http/client-address.ts';
import type { EngineRequest, SocketEngine } from './engine.ts';

/** The first request of a long-polling session: later requests with its id must come from the same client. */
interface Look {
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

const lookOf = (request: IncomingMessage, isTrusted: TrustedHop): Look => ({
  address: clientAddress(request, isTrusted),
  userAgent: request.headers['user-agent'],
});

/** Clients that are no browser may say nothing about themselves when they go over to WebSocket. */
function isSame(known: Look, { address, userAgent }: Look, isUpgrade: boolean): boolean {
  return (
    address === known.address && ((isUpgrade && userAgent === undefined) || userAgent === known.userAgent)
  );
}

/**
 * Refuses every request, not only the first, of a page that may not connect; and a request for a session of long
 * polling that is not from where it began. Engine.IO itself asks for the session's id alone.
 */
export function guardEngine(
  engine: SocketEngine,
  isAllowed: (request: EngineRequest) => boolean,
  isTrusted: TrustedHop,
): void {
  const polling = new Map<string, Look>();
  engine.on('connection', (session) => {
    const { id, request, transport } = session;
    if (transport.name !== 'polling') return;
    polling.set(id, lookOf(request, isTrusted));
    session.once('close', () => polling.delete(id));
  });
  engine.use((request, _response, next) => {
    const { sid } = request._query;
    const look = sid === undefined ? undefined : polling.get(sid);
    const isUpgrade = request.headers.upgrade !== undefined;
    const isItsOwn = look === undefined || isSame(look, lookOf(request, isTrusted), isUpgrade);
    next(isAllowed(request) && isItsOwn ? undefined : new Error('Not allowed.'));
  });
}
