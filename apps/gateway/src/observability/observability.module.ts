import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { AuthModule } from '@bulkhead/auth';
import { EventsModule } from '@bulkhead/events';
import { ExecutionModule } from '@bulkhead/execution';
import { PersistenceModule } from '@bulkhead/persistence';
import { TelemetryModule } from '@bulkhead/telemetry';
import { UserContextModule } from '@bulkhead/user-context';
import { LifecycleModule } from '../lifecycle/lifecycle.module.ts';
import { EventObserver } from './event-observer.service.ts';
import { HealthController } from './health/health.controller.ts';
import { ReadinessCheck } from './health/readiness.service.ts';
import { RootController } from './health/root.controller.ts';
import { IsolationAlerts } from './isolation-alerts.service.ts';
import { MetricsController } from './metrics.controller.ts';
import { NodeMetrics } from './node-metrics.service.ts';
import { RequestObserver } from './request-observer.service.ts';
import { RunObserver } from './run-observer.service.ts';
import { ScrapeGuard } from './scrape.guard.ts';
import { TraceExport } from './trace-export.service.ts';

/** Metrics, traces, health and alarms of this node. */
@Module({
  imports: [
    AuditModule,
    AuthModule,
    EventsModule,
    ExecutionModule,
    PersistenceModule,
    TelemetryModule,
    UserContextModule,
    LifecycleModule,
  ],
  controllers: [HealthController, MetricsController, RootController],
  providers: [
    EventObserver,
    IsolationAlerts,
    NodeMetrics,
    ReadinessCheck,
    RequestObserver,
    RunObserver,
    ScrapeGuard,
    TraceExport,
  ],
  exports: [RunObserver],
})
export class ObservabilityModule {}
