import { Module } from '@nestjs/common';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { Acknowledgements } from './delivery-state/acknowledgements.service.ts';
import { DeliveryCursors } from './delivery-state/delivery-cursors.service.ts';
import { DeliveryReport } from './delivery-state/delivery-report.service.ts';
import { EventLog } from './log/event-log.service.ts';
import { EventRetention } from './log/event-retention.service.ts';
import { EventNotifier } from './fanout/event-notifier.service.ts';
import { EventRouter } from './fanout/event-router.service.ts';
import { FencingTokens } from './fencing/fencing-tokens.service.ts';
import { ThreadDirectory } from './thread-directory.ts';
import { ThreadReader } from './reader/thread-reader.service.ts';
import { ToolResults } from './log/tool-results.service.ts';
import { UserEventEmitter } from './emitter/user-event-emitter.service.ts';

const services = [
  EventLog,
  EventRouter,
  FencingTokens,
  ThreadReader,
  Acknowledgements,
  DeliveryCursors,
  DeliveryReport,
  ThreadDirectory,
  ToolResults,
  UserEventEmitter,
];

/** Takes `EVENTS_OPTIONS` from the application's configuration; without them events are kept for ever. */
@Module({
  imports: [UserContextModule, PersistenceModule],
  providers: [...services, EventNotifier, EventRetention],
  exports: services,
})
export class EventsModule {}
