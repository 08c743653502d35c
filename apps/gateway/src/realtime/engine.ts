import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as Engine.IO hands it to its middleware. */
export interface EngineRequest extends IncomingMessage {
  readonly _query: { readonly sid?: string };
  /** Of an upgrade that has happened. */
  readonly websocket?: { on(event: 'ping', listener: () => void): unknown };
}

/** A connection of Engine.IO, whichever transport carries it. Its id is a secret: it is all that a request names. */
export interface EngineSession {
  readonly id: string;
  readonly request: EngineRequest;
  readonly transport: { readonly name: string };
  readonly remoteAddress: string | undefined;
  /** @param discard waits for nothing that is still to be sent */
  close(discard: boolean): void;
  on(event: 'packet', listener: (packet: { readonly type: string }) => void): unknown;
  once(event: 'close' | 'upgrade', listener: () => void): unknown;
}

/** The response to a polling request; of an upgrade, something that can take headers only. */
export type EngineResponse = Pick<ServerResponse, 'setHeader'> | ServerResponse;

export type EngineMiddleware = (
  request: EngineRequest,
  response: EngineResponse,
  next: (error?: Error) => void,
) => void;

/** As much of Engine.IO's server as is used here. */
export interface SocketEngine {
  use(middleware: EngineMiddleware): void;
  on(event: 'connection', listener: (session: EngineSession) => void): unknown;
}
