import { Module } from '@nestjs/common';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { Acknowledgements } from './acknowledgements.service.ts';
import { EventLog } from './event-log.service.ts';
import { EventWake } from './event-wake.service.ts';
import { EventRouter } from './event-router.service.ts';
import { RunFence } from './run-fence.service.ts';
import { ThreadDirectory } from './thread-directory.ts';
import { ThreadReader } from './thread-reader.service.ts';
import { UserEventEmitter } from './user-event-emitter.ts';

const services = [
  EventLog,
  EventRouter,
  RunFence,
  ThreadReader,
  Acknowledgements,
  ThreadDirectory,
  UserEventEmitter,
];

@Module({
  imports: [UserContextModule, PersistenceModule],
  providers: [...services, EventWake],
  exports: services,
})
export class EventsModule {}
