import type { Identity } from '@bulkhead/user-context';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** What a verified handshake leaves on its socket. */
export interface SocketData {
  identity: Identity;
  /** Named in the handshake, and verified there. */
  opening?: { readonly threadId: string; readonly afterSeq: number };
}

/** A connection whose user is known. */
export type UserSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
export type UserSocketServer = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
