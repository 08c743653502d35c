import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AgentsModule } from '@bulkhead/agents';
import { AuditModule, AuditSealingModule } from '@bulkhead/audit';
import { AuthModule } from '@bulkhead/auth';
import { EventsModule } from '@bulkhead/events';
import { ExecutionModule } from '@bulkhead/execution';
import { FlagsModule } from '@bulkhead/flags';
import { McpModule } from '@bulkhead/mcp';
import { ModelsModule } from '@bulkhead/models';
import { PersistenceModule } from '@bulkhead/persistence';
import { TablesModule } from '@bulkhead/tables';
import { TelemetryModule } from '@bulkhead/telemetry';
import { BuiltInToolsModule, ToolsModule, WebToolsModule } from '@bulkhead/tools';
import { UserContextModule } from '@bulkhead/user-context';
import { AdminFlagsController } from './admin/admin-flags.controller.ts';
import { AdminRunsController } from './admin/admin-runs.controller.ts';
import { RunRequeuing } from './admin/run-requeuing.service.ts';
import { AdminRuntimeController } from './admin/admin-runtime.controller.ts';
import { AdminSigningKeysController } from './admin/admin-signing-keys.controller.ts';
import { AdminUsageController } from './admin/admin-usage.controller.ts';
import { AdminUsersController } from './admin/admin-users.controller.ts';
import { AgentsController } from './agents/agents.controller.ts';
import { ApiKeysController } from './api-keys/api-keys.controller.ts';
import { ApprovalsController } from './approvals/approvals.controller.ts';
import { AdminAuditController } from './audit/admin-audit.controller.ts';
import { AuditController } from './audit/audit.controller.ts';
import { IsolationIncidents } from './audit/isolation-incidents.service.ts';
import { AuthController } from './auth/auth.controller.ts';
import { AuthenticationGuard } from './auth/authentication.guard.ts';
import { EntryPointAccess } from './boot/entry-point-access.service.ts';
import { NodeLifecycle } from './boot/node-lifecycle.service.ts';
import { EntryPointScopes } from './boot/entry-point-scopes.service.ts';
import { ConfigurationModule } from './config/configuration.module.ts';
import type { GatewayConfig } from './config/gateway.config.ts';
import { ConnectionMetrics } from './delivery/connection-metrics.service.ts';
import { ConnectionNews, connectionCensusProvider } from './delivery/connection-news.service.ts';
import { ConnectionSlots } from './delivery/connection-slots.service.ts';
import { DeliveryObserver } from './delivery/delivery-observer.service.ts';
import { EventDelivery } from './delivery/event-delivery.service.ts';
import { DeliveryController } from './events/delivery.controller.ts';
import { EventStreams } from './events/event-streams.service.ts';
import { EventsController } from './events/events.controller.ts';
import { HealthController } from './health/health.controller.ts';
import { RootController } from './health/root.controller.ts';
import { ReadinessCheck } from './health/readiness.service.ts';
import { AddressLimits } from './rate-limits/address-limits.service.ts';
import { GoodCredentials } from './rate-limits/good-credentials.service.ts';
import { RateLimitGuard } from './rate-limits/rate-limit.guard.ts';
import { RateLimits } from './rate-limits/rate-limits.service.ts';
import { Refusals } from './problem/refusals.service.ts';
import { HttpProblemFilter } from './problem/http-problem.filter.ts';
import { ProblemsController } from './problem/problems.controller.ts';
import { RunWorker } from './runs/run.worker.ts';
import { RunsController } from './runs/runs.controller.ts';
import { SessionsController } from './sessions/sessions.controller.ts';
import { ChatGateway } from './socket/chat.gateway.ts';
import { Handshake } from './socket/handshake.service.ts';
import { SocketMessageHandler } from './socket/socket-message.handler.ts';
import { ThreadsController } from './threads/threads.controller.ts';
import { TablesController } from './tables/tables.controller.ts';
import { EventObserver } from './telemetry/event-observer.service.ts';
import { FrameObserver } from './telemetry/frame-observer.service.ts';
import { MetricsController } from './telemetry/metrics.controller.ts';
import { NodeMetrics } from './telemetry/node-metrics.service.ts';
import { RequestObserver } from './telemetry/request-observer.service.ts';
import { TraceExport } from './telemetry/trace-export.service.ts';
import { RunObserver } from './telemetry/run-observer.service.ts';
import { ActivityController } from './usage/activity.controller.ts';
import { UsageController } from './usage/usage.controller.ts';
import { UnknownQueryGuard } from './validation/unknown-query.guard.ts';
import { RequestValidationPipe } from './validation/request-validation.pipe.ts';

/** The server: every feature module is listed here, and nowhere else. */
@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    const server = {
      module: AppModule,
      imports: [
        ConfigurationModule.forRoot(config),
        DiscoveryModule,
        TelemetryModule,
        UserContextModule,
        PersistenceModule,
        AuditModule,
        AuditSealingModule,
        EventsModule,
        AuthModule,
        ModelsModule,
        ToolsModule,
        BuiltInToolsModule,
        WebToolsModule,
        McpModule,
        TablesModule,
        FlagsModule,
        ExecutionModule,
        AgentsModule,
      ],
      controllers: [
        AuthController,
        AgentsController,
        ApprovalsController,
        UsageController,
        ActivityController,
        ThreadsController,
        RunsController,
        EventsController,
        DeliveryController,
        AuditController,
        AdminAuditController,
        AdminUsersController,
        AdminRunsController,
        AdminUsageController,
        AdminFlagsController,
        AdminRuntimeController,
        AdminSigningKeysController,
        SessionsController,
        ApiKeysController,
        ProblemsController,
        TablesController,
        HealthController,
        MetricsController,
        RootController,
      ],
      providers: [
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_GUARD, useClass: UnknownQueryGuard },
        { provide: APP_PIPE, useClass: RequestValidationPipe },
        { provide: APP_FILTER, useClass: HttpProblemFilter },
        AuthenticationGuard,
        RateLimits,
        AddressLimits,
        GoodCredentials,
        Refusals,
        IsolationIncidents,
        NodeLifecycle,
        EntryPointAccess,
        EntryPointScopes,
        ConnectionMetrics,
        connectionCensusProvider,
        ConnectionNews,
        ConnectionSlots,
        DeliveryObserver,
        EventDelivery,
        EventStreams,
        ChatGateway,
        Handshake,
        SocketMessageHandler,
        RunRequeuing,
        RunWorker,
        EventObserver,
        FrameObserver,
        NodeMetrics,
        RequestObserver,
        RunObserver,
        TraceExport,
        ReadinessCheck,
      ],
    };
    return config.ROLE === 'worker' ? withoutClients(server) : server;
  }
}

/** A worker executes runs, and answers for its health only. */
function withoutClients({ providers = [], ...server }: DynamicModule): DynamicModule {
  const connections: readonly unknown[] = [
    ConnectionMetrics,
    connectionCensusProvider,
    ConnectionNews,
    ConnectionSlots,
    DeliveryObserver,
    EventDelivery,
    EventStreams,
    ChatGateway,
    Handshake,
    SocketMessageHandler,
  ];
  return {
    ...server,
    controllers: [HealthController, MetricsController],
    providers: providers.filter((provider) => !connections.includes(provider)),
  };
}
