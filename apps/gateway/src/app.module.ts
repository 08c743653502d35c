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
import { ApiKeysController } from './account/api-keys/api-keys.controller.ts';
import { ApprovalsController } from './approvals/approvals.controller.ts';
import { AdminAuditController } from './audit/admin-audit.controller.ts';
import { AuditController } from './audit/audit.controller.ts';
import { IsolationAlerts } from './observability/isolation-alerts.service.ts';
import { AuthController } from './account/auth/auth.controller.ts';
import { AuthenticationGuard } from './security/authentication.guard.ts';
import { AccessDeclarationCheck } from './boot/access-declaration-check.service.ts';
import { NodeLifecycle } from './lifecycle/node-lifecycle.service.ts';
import { EntryPointScopeCheck } from './boot/entry-point-scope-check.service.ts';
import { ConfigurationModule } from './config/configuration.module.ts';
import type { GatewayConfig } from './config/gateway.config.ts';
import { ConnectionMetrics } from './streaming/connection-metrics.service.ts';
import { ConnectionCountSync, connectionCountsProvider } from './streaming/connection-count-sync.service.ts';
import { ConnectionLimiter } from './streaming/connection-limiter.service.ts';
import { DeliveryObserver } from './streaming/delivery-observer.service.ts';
import { EventDelivery } from './streaming/event-delivery.service.ts';
import { DeliveryController } from './events/delivery.controller.ts';
import { SseStreams } from './streaming/sse-streams.service.ts';
import { EventsController } from './events/events.controller.ts';
import { HealthController } from './observability/health/health.controller.ts';
import { RootController } from './observability/health/root.controller.ts';
import { ReadinessCheck } from './observability/health/readiness.service.ts';
import { AddressLimits } from './rate-limits/address-limits.service.ts';
import { GoodCredentials } from './rate-limits/good-credentials.service.ts';
import { RateLimitGuard } from './rate-limits/rate-limit.guard.ts';
import { RateLimits } from './rate-limits/rate-limits.service.ts';
import { AccessDenialRecorder } from './security/access-denial-recorder.service.ts';
import { HttpProblemFilter } from './problems/http-problem.filter.ts';
import { ProblemsController } from './api-docs/problems.controller.ts';
import { RunWorker } from './worker/run.worker.ts';
import { RunsController } from './runs/runs.controller.ts';
import { SessionsController } from './account/sessions/sessions.controller.ts';
import { ChatGateway } from './realtime/chat.gateway.ts';
import { SocketAuthMiddleware } from './realtime/socket-auth.middleware.ts';
import { SocketMessageHandler } from './realtime/socket-message.handler.ts';
import { ThreadsController } from './threads/threads.controller.ts';
import { TablesController } from './tables/tables.controller.ts';
import { EventObserver } from './observability/event-observer.service.ts';
import { SocketMetrics } from './realtime/socket-metrics.service.ts';
import { MetricsController } from './observability/metrics.controller.ts';
import { NodeMetrics } from './observability/node-metrics.service.ts';
import { RequestObserver } from './observability/request-observer.service.ts';
import { TraceExport } from './observability/trace-export.service.ts';
import { RunObserver } from './observability/run-observer.service.ts';
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
        AccessDenialRecorder,
        IsolationAlerts,
        NodeLifecycle,
        AccessDeclarationCheck,
        EntryPointScopeCheck,
        ConnectionMetrics,
        connectionCountsProvider,
        ConnectionCountSync,
        ConnectionLimiter,
        DeliveryObserver,
        EventDelivery,
        SseStreams,
        ChatGateway,
        SocketAuthMiddleware,
        SocketMessageHandler,
        RunRequeuing,
        RunWorker,
        EventObserver,
        SocketMetrics,
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
    connectionCountsProvider,
    ConnectionCountSync,
    ConnectionLimiter,
    DeliveryObserver,
    EventDelivery,
    SseStreams,
    ChatGateway,
    SocketAuthMiddleware,
    SocketMessageHandler,
  ];
  return {
    ...server,
    controllers: [HealthController, MetricsController],
    providers: providers.filter((provider) => !connections.includes(provider)),
  };
}
