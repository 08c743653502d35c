import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventRouter } from '@bulkhead/events';
import { ActiveRuns } from '@bulkhead/execution';
import { Database } from '@bulkhead/persistence';
import { Metrics } from '@bulkhead/telemetry';
import { IsolationMonitor, ScopeRunner } from '@bulkhead/user-context';

/** Shows what the libs count for themselves. */
@Injectable()
export class NodeMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly scopes: ScopeRunner,
    private readonly monitor: IsolationMonitor,
    private readonly database: Database,
    private readonly ledger: ActiveRuns,
    private readonly router: EventRouter,
  ) {}

  onModuleInit(): void {
    const { metrics, scopes, monitor, database, ledger, router } = this;
    metrics.watchProcess();
    metrics.read('bulkhead_scopes_open', () => [[scopes.liveCount]]);
    metrics.read('bulkhead_scopes_opened_total', () => [[scopes.openedCount]]);
    metrics.read('bulkhead_scopes_left_behind_total', () => [[scopes.leftBehindCount]]);
    metrics.read('bulkhead_scope_leftovers_total', () => [[scopes.leftoverCount]]);
    metrics.read('bulkhead_isolation_violations_total', () => [[monitor.count]]);
    metrics.read('bulkhead_runs_executing', () => [[ledger.runningCount]]);
    metrics.read('bulkhead_threads_followed', () => [[router.listenerCount]]);
    metrics.read('bulkhead_database_connections', () => {
      const { totalCount, idleCount } = database.pool;
      return [
        [totalCount - idleCount, { state: 'busy' }],
        [idleCount, { state: 'idle' }],
      ];
    });
    metrics.read('bulkhead_database_errors_total', () =>
      database.errors.counts.map(([reason, count]) => [count, { reason }] as const),
    );
    metrics.read('bulkhead_database_waiting', () => [[database.pool.waitingCount]]);
  }
}
