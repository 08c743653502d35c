import type { Server as HttpServer } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { toProblemDetails } from '@bulkhead/errors';
import type { Observable } from 'rxjs';
import type { ServerOptions } from 'socket.io';
import helmet from 'helmet';
import { GatewayConfig } from '../config/gateway.config.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { AddressLimits } from '../rate-limits/address-limits.service.ts';
import { RateLimits } from '../rate-limits/rate-limits.service.ts';
import { UnknownEventError } from '../validation/request.errors.ts';
import { SocketMetrics } from './socket-metrics.service.ts';
import { isAllowedOrigin } from './allowed-origins.ts';
import { ConnectionBudgets } from './connection-budgets.ts';
import { ConnectionGate, type GateOptions } from './connection-gate.ts';
import type { EngineMiddleware, SocketEngine } from './engine.ts';
import { guardEngine } from './polling-session-check.ts';
import { SocketRequest, type Acknowledge, type AckResponse } from './socket-request.ts';
import { SocketAuthMiddleware } from './socket-auth.middleware.ts';
import type { ReceiveLimits } from './receive-budget.ts';
import type { UserSocket, UserSocketServer } from '../streaming/user-socket.ts';

/** Largest frame, in bytes; beyond it Socket.IO closes the connection. Messages have a smaller limit that answers. */
const MAX_FRAME_BYTES = 1024 * 1024;
/** How long a client may take to authenticate, in milliseconds. */
const CONNECT_TIMEOUT_MS = 4_500;
/** Heartbeat, in milliseconds: a connection that died without a word is noticed by both sides within the sum. */
const PING_INTERVAL_MS = 15_000;
const PING_TIMEOUT_MS = 10_000;
/** How long connections may stay open while the server ends, in milliseconds. */
const CLOSE_GRACE_MS = 500;

/** Frames in a row that are answered with `rate_limited` before the connection is closed. */
const MAX_REFUSED_FRAMES = 100;

/** A sign-in with the largest token, asked for a few times, over polling too. */
const BEFORE_ADMISSION = { packets: 12, bytes: 32 * 1024 };
/** Ten of the longest messages at once, or all threads of a connection opened again. */
const BURST = { packets: 1_000, bytes: 4 * MAX_FRAME_BYTES };
const PACKETS_PER_SECOND = 200;
const BYTES_PER_SECOND = 256 * 1024;

/** @param framesPerMinute the user's limit: where the operator raises it, a connection may send faster, too */
function receiveLimits(framesPerMinute: number): ReceiveLimits {
  const packets = Math.max(PACKETS_PER_SECOND, framesPerMinute / 60);
  return {
    before: BEFORE_ADMISSION,
    burst: { ...BURST, packets: Math.max(BURST.packets, packets) },
    perSecond: { packets, bytes: BYTES_PER_SECOND * (packets / PACKETS_PER_SECOND) },
  };
}

/** One event's handler as Nest has prepared it, with guards, pipes and filters around it. */
interface MessageHandler {
  readonly message: unknown;
  readonly callback: (data: unknown, frame: SocketRequest) => unknown;
}

type Transform = (result: unknown) => Observable<AckResponse<unknown> | undefined>;

/** Socket.IO, set up so that only verified connections of allowed origins exist. */
export class SocketAdapter extends IoAdapter {
  constructor(
    private readonly app: INestApplication<HttpServer>,
    private readonly allowedOrigins: ReadonlySet<string>,
    private readonly gate: Omit<GateOptions, 'limits'>,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): UserSocketServer {
    const server = super.createIOServer(port, {
      ...options,
      serveClient: false,
      maxHttpBufferSize: MAX_FRAME_BYTES,
      connectTimeout: CONNECT_TIMEOUT_MS,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      cors: { origin: [...this.allowedOrigins] },
      // CORS does not guard WebSocket: the origin is checked here for every transport, and again with every request.
      allowRequest: ({ headers }, decide) => decide(null, isAllowedOrigin(headers, this.allowedOrigins)),
    } as Partial<ServerOptions> as ServerOptions) as UserSocketServer;
    this.#guard(server);
    return server;
  }

  /** In this order: what is refused early costs little. */
  #guard(server: UserSocketServer): void {
    const engine = server.engine as SocketEngine;
    const handshake = this.app.get(SocketAuthMiddleware);
    const config = this.app.get(GatewayConfig);
    engine.use(helmet(securityHeaders(config)) as EngineMiddleware);
    const gate = new ConnectionGate({ ...this.gate, limits: this.app.get(AddressLimits) });
    gate.guard(engine, (sid) => budgets.isAdmitted(sid));
    guardEngine(engine, ({ headers }) => isAllowedOrigin(headers, this.allowedOrigins), this.gate.isTrusted);
    const budgets = new ConnectionBudgets(engine, receiveLimits(config.FRAMES_PER_MINUTE_PER_USER), () =>
      handshake.noteFlood(),
    );
    server.use(handshake.middleware);
    server.on('connection', ({ conn }) => budgets.admit(conn));
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

  /**
   * One listener for all events of a connection, where Nest has a chain of subscriptions for each. Whatever is sent
   * is answered if it asks for an answer: an unknown event, and several arguments, too.
   */
  override bindMessageHandlers(...args: Parameters<IoAdapter['bindMessageHandlers']>): void {
    const { frames } = this.app.get(RateLimits);
    const observer = this.app.get(SocketMetrics);
    const [socket, handlers, transform] = args as [UserSocket, readonly MessageHandler[], Transform];
    let refusedInARow = 0;
    socket.onAny((event: unknown, ...payload: unknown[]) => {
      const acknowledge = typeof payload.at(-1) === 'function' ? (payload.pop() as Acknowledge) : undefined;
      const frame = new SocketRequest(acknowledge);
      try {
        frames.spend(socket.data.identity.userId);
        refusedInARow = 0;
      } catch (error) {
        frame.answer(refusalOf(error));
        refusedInARow += 1;
        // A client that goes on regardless of the answers is not listening.
        if (refusedInARow >= MAX_REFUSED_FRAMES) socket.conn.close();
        return;
      }
      const handler = handlers.find(({ message }) => message === event);
      if (!handler) return frame.answer(refusalOf(new UnknownEventError()));
      const data = payload.length > 1 ? payload : payload[0];
      // It never fails: the filter answers what goes wrong, and then there is nothing left to answer.
      observer.watch(socket, String(event), frame, () => {
        transform(handler.callback(data, frame)).subscribe((outcome) => {
          if (outcome !== undefined) frame.answer(outcome);
        });
      });
    });
  }
}

const refusalOf = (error: unknown): AckResponse<never> => ({
  ok: false,
  problem: toProblemDetails(error),
});
