import type { EventOf, EventType } from '@bulkhead/events';
import type { Identity } from '@bulkhead/user-context';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** What the server sends: every event under its type, and why a connection is being closed. */
export type ServerToClientEvents = { [Type in EventType]: (event: EventOf<Type>) => void } & {
  connection_closing: (notice: { readonly reason: 'slow_consumer' | 'token_expired' }) => void;
};

/** What a verified handshake leaves on its socket. */
export interface SocketData {
  identity: Identity;
  /** Named in the handshake, and verified there. */
  opening?: { readonly threadId: string; readonly afterSeq: number };
}

/** A connection whose user is known. */
export type UserSocket = Socket<DefaultEventsMap, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type UserSocketServer = Server<DefaultEventsMap, ServerToClientEvents, DefaultEventsMap, SocketData>;
