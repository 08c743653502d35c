import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { EventsModule } from '@bulkhead/events';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { AgentRegistryModule } from '../agents/agent-registry.module.ts';
import { QueueModule } from '../queue/queue.module.ts';
import { AdmissionGate } from './admission-gate.service.ts';
import { AdmissionQueue } from './admission-queue.service.ts';
import { MemoryGuard } from './memory-guard.service.ts';
import { RunAdmission } from './run-admission.service.ts';
import { RunRequeue } from './run-requeue.service.ts';

/** Accepts messages, or refuses them while there is no room. */
@Module({
  imports: [
    AuditModule,
    EventsModule,
    PersistenceModule,
    UserContextModule,
    AgentRegistryModule,
    QueueModule,
  ],
  providers: [AdmissionGate, AdmissionQueue, MemoryGuard, RunAdmission, RunRequeue],
  exports: [AdmissionQueue, MemoryGuard, RunAdmission, RunRequeue],
})
export class AdmissionModule {}
