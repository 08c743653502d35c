import { randomUUID } from 'node:crypto';
import fastifyHelmet from '@fastify/helmet';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.ts';
import { serveAsyncApi } from './asyncapi/asyncapi.ts';
import type { GatewayConfig } from './config/gateway.config.ts';
import { acceptBacklogFirst } from './connections/connection-backlog.ts';
import { corsFor } from './connections/cors.ts';
import { serveOpenApi } from './openapi/openapi.ts';
import { answerClientError, answerFrameworkError, guardBodies, guardTransport } from './problem/transport.ts';
import { SocketAdapter } from './socket/socket.adapter.ts';
import { RequestObserver } from './telemetry/request-observer.service.ts';
import { acceptCsv } from './tables/csv-body.ts';

/** Largest request body, in bytes. */
const MAX_BODY_BYTES = 256 * 1024;

/** Longest path parameter, in characters. */
const MAX_PARAMETER_LENGTH = 1_000;

/** How long a request's headers may take, in milliseconds, and how often that is looked at. */
const HEADERS_TIMEOUT_MS = 4_000;
const CONNECTIONS_CHECK_MS = 500;

/** Builds the whole server, ready to listen. */
export async function createServer(
  config: GatewayConfig,
  logger: LoggerService,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    genReqId: () => randomUUID(),
    // Our own check names the field, which Fastify's does not.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    forceCloseConnections: true,
    // A connection that never says what it wants is closed within five seconds.
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CONNECTIONS_CHECK_MS },
    // Longer than any id, so that an id that is too long is refused by name.
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    trustProxy: config.TRUST_PROXY === '' ? false : config.TRUST_PROXY.split(','),
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adapter, {
    logger,
    abortOnError: false,
    bodyParser: false,
  });
  const origins = config.ALLOWED_ORIGINS.split(',').filter(Boolean);
  if (origins.length > 0) app.enableCors(corsFor(origins));
  // A server on a plain-HTTP address must not send its own page's requests to HTTPS.
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
  const fastify = app.getHttpAdapter().getInstance();
  acceptBacklogFirst(fastify.server);
  // JSON is the only body there is, but for an uploaded CSV: a form or a text could be sent by any web page without asking.
  fastify.removeContentTypeParser('text/plain');
  app.get(RequestObserver).watch(fastify);
  guardTransport(fastify);
  guardBodies(fastify);
  acceptCsv(fastify);
  if (config.ROLE === 'worker') return app;
  app.useWebSocketAdapter(new SocketAdapter(app, new Set(origins)));
  serveOpenApi(app);
  serveAsyncApi(app);
  return app;
}
