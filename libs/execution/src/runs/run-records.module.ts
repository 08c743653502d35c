import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { EventsModule } from '@bulkhead/events';
import { PersistenceModule } from '@bulkhead/persistence';
import { UserContextModule } from '@bulkhead/user-context';
import { QueueModule } from '../queue/queue.module.ts';
import { StepsModule } from '../steps/steps.module.ts';
import { ActiveRuns } from './active-runs.service.ts';
import { AdminRuns } from './admin-runs.service.ts';
import { RunCancellation } from './run-cancellation.service.ts';
import { RunControl } from './run-control.service.ts';
import { RunHistory } from './run-history.service.ts';
import { RunLookup } from './run-lookup.service.ts';
import { RunStore } from './run-store.service.ts';
import { RunTotals } from './run-totals.service.ts';

/** The record of runs: state, history, cancellation, totals. */
@Module({
  imports: [AuditModule, EventsModule, PersistenceModule, UserContextModule, QueueModule, StepsModule],
  providers: [ActiveRuns, AdminRuns, RunCancellation, RunControl, RunHistory, RunLookup, RunStore, RunTotals],
  exports: [ActiveRuns, AdminRuns, RunControl, RunHistory, RunLookup, RunStore, RunTotals],
})
export class RunRecordsModule {}
