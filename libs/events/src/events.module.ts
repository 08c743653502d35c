import { Module } from '@nestjs/common';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { Acknowledgements } from './acknowledgements.service.ts';
import { DeliveryCursors } from './delivery-cursors.service.ts';
import { DeliveryReport } from './delivery-report.ts';
import { EventLog } from './event-log.service.ts';
import { EventRetention } from './event-retention.service.ts';
import { EventWake } from './event-wake.service.ts';
import { EventRouter } from './event-router.service.ts';
import { RunFence } from './run-fence.service.ts';
import { ThreadDirectory } from './thread-directory.ts';
import { ThreadReader } from './thread-reader.service.ts';
import { ToolResults } from './tool-results.ts';
import { UserEventEmitter } from './user-event-emitter.ts';

const services = [
  EventLog,
  EventRouter,
  RunFence,
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
  providers: [...services, EventWake, EventRetention],
  exports: services,
})
export class EventsModule {}
