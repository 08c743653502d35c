import { Module } from '@nestjs/common';
import { AuthModule } from '@bulkhead/auth';
import { EventsModule } from '@bulkhead/events';
import { ExecutionModule } from '@bulkhead/execution';
import { TelemetryModule } from '@bulkhead/telemetry';
import { UserContextModule } from '@bulkhead/user-context';
import { LifecycleModule } from '../lifecycle/lifecycle.module.ts';
import { SecurityModule } from '../security/security.module.ts';
import { StreamingModule } from '../streaming/streaming.module.ts';
import { ChatGateway } from './chat.gateway.ts';
import { SocketAuthMiddleware } from './socket-auth.middleware.ts';
import { SocketMessageHandler } from './socket-message.handler.ts';
import { SocketMetrics } from './socket-metrics.service.ts';
import { SocketProblemFilter } from './socket-problem.filter.ts';

/** The chat protocol over Socket.IO. */
@Module({
  imports: [
    AuthModule,
    EventsModule,
    ExecutionModule,
    TelemetryModule,
    UserContextModule,
    LifecycleModule,
    SecurityModule,
    StreamingModule,
  ],
  providers: [ChatGateway, SocketAuthMiddleware, SocketMessageHandler, SocketMetrics, SocketProblemFilter],
})
export class RealtimeModule {}
