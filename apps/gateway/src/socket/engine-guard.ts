import type { IncomingMessage } from 'node:http';
import type { UserSocketServer } from './user-socket.ts';

type Engine = UserSocketServer['engine'];
type EngineConnection = Parameters<Parameters<Engine['on']>[1]>[0] & {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly transport: { readonly name: string };
};

/** What a session of long polling began with: another client with its id must look the same to go on with it. */
const lookOf = ({ socket, headers }: IncomingMessage): string =>
  `${socket.remoteAddress} ${headers['user-agent']}`;

/**
 * Refuses every request, not only the first, of a page that may not connect; and a request for a session of long
 * polling that is not from where it began. Engine.IO itself asks for the session's id alone.
 */
export function guardEngine(engine: Engine, isAllowed: (request: IncomingMessage) => boolean): void {
  const polling = new Map<string, string>();
  engine.on('connection', (connection: EngineConnection) => {
    const { id, request, transport } = connection;
    if (transport.name !== 'polling') return;
    polling.set(id, lookOf(request));
    (connection as unknown as NodeJS.EventEmitter).once('close', () => polling.delete(id));
  });
  engine.use((request: IncomingMessage, _response: unknown, next: (error?: Error) => void) => {
    const { sid } = (request as IncomingMessage & { _query: { sid?: string } })._query;
    const look = sid === undefined ? undefined : polling.get(sid);
    const isItsOwn = look === undefined || look === lookOf(request);
    next(isAllowed(request) && isItsOwn ? undefined : new Error('Not allowed.'));
  });
}
