import { randomUUID } from 'node:crypto';
import fastifyHelmet from '@fastify/helmet';
import type { IncomingMessage } from 'node:http';
import { Logger, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { AppModule } from './app.module.ts';
import { serveAsyncApi } from './api-docs/asyncapi/asyncapi.ts';
import type { GatewayConfig } from './config/gateway.config.ts';
import { acceptBacklogFirst } from './http/connection-backlog.ts';
import { AddressCeiling } from './http/address-ceiling.ts';
import { allowedHosts, type AllowedHost } from './http/allowed-hosts.ts';
import { trustedHops } from './http/client-address.ts';
import { limitConnections } from './http/connection-limits.ts';
import { corsFor } from './http/cors.ts';
import { warnOfExposure, watchForwarding } from './http/exposure.ts';
import { securityHeaders } from './http/security-headers.ts';
import { serveOpenApi } from './api-docs/openapi/openapi.ts';
import { AccessDenialRecorder } from './security/access-denial-recorder.service.ts';
import { limitBodies } from './problems/request-timeout.ts';
import { storeNothing } from './problems/response-defaults.ts';
import {
  answerClientError,
  answerFrameworkError,
  guardBodies,
  checkRequests,
} from './http/request-checks.ts';
import { guardAddresses } from './http/address-gate.ts';
import { AddressLimits } from './rate-limits/address-limits.service.ts';
import { isCare } from './rate-limits/counted-requests.ts';
import { GoodCredentials } from './rate-limits/good-credentials.service.ts';
import { SocketAdapter } from './realtime/socket.adapter.ts';
import { RequestObserver } from './observability/request-observer.service.ts';
import { acceptCsv, isTableUpload } from './tables/csv-body.ts';

/** Largest request body, in bytes. */
const MAX_BODY_BYTES = 256 * 1024;

/** Longest path parameter, in characters. */
const MAX_PARAMETER_LENGTH = 1_000;

/** How long a request's headers may take, in milliseconds, and how often that is looked at. */
const HEADERS_TIMEOUT_MS = 4_000;
const CONNECTIONS_CHECK_MS = 500;

/** How long a body may take to arrive, in milliseconds. */
const BODY_TIMEOUT_MS = 30_000;
/** By how much Node's own limit is longer than ours, in milliseconds, so that ours answers. */
const LONGER_MS = 5_000;

/** Builds the whole server, ready to listen. */
export async function createServer(
  config: GatewayConfig,
  logger: LoggerService,
): Promise<NestFastifyApplication> {
  const isTrusted = trustedHops(config.TRUST_PROXY);
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    genReqId: () => randomUUID(),
    // Our own check names the field, which Fastify's does not.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    forceCloseConnections: true,
    // A connection that never says what it wants is closed within five seconds.
    // Of the longest upload; other bodies have less time (request-timeout.ts).
    requestTimeout: Math.max(BODY_TIMEOUT_MS, config.TABLE_UPLOAD_TIMEOUT_SECONDS * 1000) + LONGER_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CONNECTIONS_CHECK_MS },
    // Longer than any id, so that an id that is too long is refused by name.
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    trustProxy: config.TRUST_PROXY !== '' && isTrusted,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });
  const log = new Logger('Exposure');
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adapter, {
    logger,
    abortOnError: false,
    bodyParser: false,
  });
  warnOfExposure(config, log);
  const origins = config.ALLOWED_ORIGINS.split(',').filter(Boolean);
  if (origins.length > 0) app.enableCors(corsFor(origins));
  await app.register(fastifyHelmet, securityHeaders(config));
  const fastify = app.getHttpAdapter().getInstance();
  acceptBacklogFirst(fastify.server);
  limitConnections(fastify.server, {
    all: config.CONNECTIONS_PER_NODE,
    perAddress: config.CONNECTIONS_PER_ADDRESS,
    isProxy: isTrusted,
  });
  // JSON is the only body there is, but for an uploaded CSV: a form or a text could be sent by any web page without asking.
  fastify.removeContentTypeParser('text/plain');
  const isAllowedHost = allowedHosts(config.HOST, config.ALLOWED_HOSTS);
  const onRequest = watchForwarding(isTrusted, log);
  guardRequests(app, config, { isAllowedHost, onRequest });
  acceptCsv(fastify);
  if (config.ROLE === 'worker') return app;
  const ceiling = new AddressCeiling(config.CONNECTIONS_PER_ADDRESS);
  const gate = { isAllowedHost, isTrusted, ceiling, onRequest };
  app.useWebSocketAdapter(new SocketAdapter(app, new Set(origins), gate));
  if (config.DOCS === 'on') {
    serveOpenApi(app);
    serveAsyncApi(app);
  }
  return app;
}

/** Everything that is asked of a request before its route, in this order. */
function guardRequests(app: NestFastifyApplication, config: GatewayConfig, door: Door): void {
  const fastify = app.getHttpAdapter().getInstance();
  app.get(RequestObserver).watch(fastify);
  storeNothing(fastify);
  fastify.addHook('onRequest', (request, _reply, done) => {
    door.onRequest(request.raw);
    done();
  });
  guardAddresses(fastify, {
    limits: app.get(AddressLimits),
    credentials: app.get(GoodCredentials),
    refusals: app.get(AccessDenialRecorder),
    metricsToken: config.METRICS_TOKEN,
  });
  const isCared = (request: FastifyRequest): boolean => isCare(request, config.METRICS_TOKEN);
  checkRequests(fastify, (request) => isCared(request) || door.isAllowedHost(request.raw));
  limitBodies(fastify, { bodyMs: BODY_TIMEOUT_MS, isUpload: isTableUpload });
  guardBodies(fastify);
}

interface Door {
  readonly isAllowedHost: AllowedHost;
  readonly onRequest: (request: IncomingMessage) => void;
}
