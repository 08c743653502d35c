import type { IncomingMessage } from 'node:http';
import type { UserSocketServer } from './user-socket.ts';

type Engine = UserSocketServer['engine'];
/** Engine.IO keeps the id to itself: who knows it can speak for the session. */
interface EngineSession {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly transport: { readonly name: string };
  once(event: 'close', listener: () => void): unknown;
}

/** What a session of long polling began with: another client with its id must look the same to go on with it. */
interface Look {
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

const lookOf = ({ socket, headers }: IncomingMessage): Look => ({
  address: socket.remoteAddress,
  userAgent: headers['user-agent'],
});

/** Clients that are no browser may say nothing about themselves when they go over to WebSocket. */
function isSame(look: Look, request: IncomingMessage): boolean {
  const { address, userAgent } = lookOf(request);
  const isUpgrade = request.headers.upgrade !== undefined && userAgent === undefined;
  return address === look.address && (isUpgrade || userAgent === look.userAgent);
}

/**
 * Refuses every request, not only the first, of a page that may not connect; and a request for a session of long
 * polling that is not from where it began. Engine.IO itself asks for the session's id alone.
 */
export function guardEngine(engine: Engine, isAllowed: (request: IncomingMessage) => boolean): void {
  const polling = new Map<string, Look>();
  engine.on('connection', (session: EngineSession) => {
    const { id, request, transport } = session;
    if (transport.name !== 'polling') return;
    polling.set(id, lookOf(request));
    session.once('close', () => polling.delete(id));
  });
  engine.use((request: IncomingMessage, _response: unknown, next: (error?: Error) => void) => {
    const { sid } = (request as IncomingMessage & { _query: { sid?: string } })._query;
    const look = sid === undefined ? undefined : polling.get(sid);
    const isItsOwn = look === undefined || isSame(look, request);
    next(isAllowed(request) && isItsOwn ? undefined : new Error('Not allowed.'));
  });
}
