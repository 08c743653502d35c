import type { Server as HttpServer } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { toProblemDetails } from '@bulkhead/errors';
import type { ServerOptions } from 'socket.io';
import { UnknownEventError } from '../problem/request.errors.ts';
import { isAllowedOrigin } from './allowed-origins.ts';
import { Handshake } from './handshake.service.ts';
import type { UserSocketServer } from './user-socket.ts';

/** Largest frame, in bytes; beyond it Socket.IO closes the connection. Messages have a smaller limit that answers. */
const MAX_FRAME_BYTES = 256 * 1024;
/** How long a client may take to authenticate, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long connections may stay open while the server ends, in milliseconds. */
const CLOSE_GRACE_MS = 500;

/** Socket.IO, set up so that only verified connections of allowed origins exist. */
export class SocketAdapter extends IoAdapter {
  constructor(
    private readonly app: INestApplication<HttpServer>,
    private readonly allowedOrigins: ReadonlySet<string>,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): UserSocketServer {
    const server = super.createIOServer(port, {
      ...options,
      serveClient: false,
      maxHttpBufferSize: MAX_FRAME_BYTES,
      connectTimeout: CONNECT_TIMEOUT_MS,
      cors: { origin: [...this.allowedOrigins] },
      // CORS does not guard WebSocket: the origin is checked here for every transport.
      allowRequest: ({ headers }, decide) => decide(null, isAllowedOrigin(headers, this.allowedOrigins)),
    } as Partial<ServerOptions> as ServerOptions) as UserSocketServer;
    server.use(this.app.get(Handshake).middleware);
    return server;
  }

  /** Ends all connections, once answers that are on their way had a moment to arrive. */
  override async close(server: UserSocketServer): Promise<void> {
    const http = this.app.getHttpServer();
    // Node waits for connections, and one that has not sent a request yet does not even count as idle.
    const force = setTimeout(() => http.closeAllConnections(), CLOSE_GRACE_MS);
    try {
      await super.close(server);
    } finally {
      clearTimeout(force);
    }
  }

  override bindMessageHandlers(...args: Parameters<IoAdapter['bindMessageHandlers']>): void {
    super.bindMessageHandlers(...args);
    const [socket, handlers] = args;
    const known = new Set(handlers.map(({ message }) => String(message)));
    socket.onAny((event: string, ...payload: unknown[]) => {
      const acknowledge = payload.at(-1);
      if (known.has(event) || typeof acknowledge !== 'function') return;
      (acknowledge as (answer: unknown) => void)({
        ok: false,
        problem: toProblemDetails(new UnknownEventError()),
      });
    });
  }
}
