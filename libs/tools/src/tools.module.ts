import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { EventsModule } from '@bulkhead/events';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { PrivateDataReads } from './dispatch/private-data-reads.service.ts';
import { ToolDispatcher } from './dispatch/tool-dispatcher.service.ts';
import { ToolLimits } from './dispatch/tool-limits.service.ts';
import { ToolRegistry } from './registry/tool-registry.service.ts';

@Module({
  imports: [UserContextModule, PersistenceModule, AuditModule, EventsModule],
  providers: [ToolRegistry, ToolLimits, ToolDispatcher, PrivateDataReads],
  exports: [ToolRegistry, ToolDispatcher, PrivateDataReads],
})
export class ToolsModule {}
