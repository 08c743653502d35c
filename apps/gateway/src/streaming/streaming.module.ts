import { Module } from '@nestjs/common';
import { AuthModule } from '@bulkhead/auth';
import { EventsModule } from '@bulkhead/events';
import { ExecutionModule } from '@bulkhead/execution';
import { PersistenceModule } from '@bulkhead/persistence';
import { TelemetryModule } from '@bulkhead/telemetry';
import { ConnectionCountSync } from './connection-count-sync.service.ts';
import { connectionCountsProvider } from './connection-count-sync.service.ts';
import { ConnectionLimiter } from './connection-limiter.service.ts';
import { ConnectionMetrics } from './connection-metrics.service.ts';
import { DeliveryObserver } from './delivery-observer.service.ts';
import { EventDelivery } from './event-delivery.service.ts';
import { SseStreams } from './sse-streams.service.ts';

/** Follows threads for their owner's connections and streams. */
@Module({
  imports: [AuthModule, EventsModule, ExecutionModule, PersistenceModule, TelemetryModule],
  providers: [
    ConnectionCountSync,
    ConnectionLimiter,
    ConnectionMetrics,
    DeliveryObserver,
    EventDelivery,
    SseStreams,
    connectionCountsProvider,
  ],
  exports: [ConnectionLimiter, EventDelivery, SseStreams],
})
export class StreamingModule {}
