import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '@bulkhead/telemetry';
import { SseStreams } from './sse-streams.service.ts';
import { ConnectionLimiter } from './connection-limiter.service.ts';
import { EventDelivery } from './event-delivery.service.ts';

/** Shows who is connected, by number. */
@Injectable()
export class ConnectionMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly delivery: EventDelivery,
    private readonly streams: SseStreams,
    private readonly slots: ConnectionLimiter,
  ) {}

  onModuleInit(): void {
    this.metrics.read('bulkhead_connections_open', () => [
      [this.delivery.connectionCount, { transport: 'socket' }],
      [this.streams.openCount, { transport: 'stream' }],
    ]);
    this.metrics.read('bulkhead_users_connected', () => [[this.slots.users]]);
  }
}
