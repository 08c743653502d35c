import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AuditLog } from '@bulkhead/audit';
import { IsolationMonitor, type IsolationViolation } from '@bulkhead/user-context';

/** Tells of every violation: in the log as fatal, and in the audit log, where administrators find it. */
@Injectable()
export class IsolationAlerts implements OnModuleInit {
  readonly #logger = new Logger('Isolation');

  constructor(
    private readonly monitor: IsolationMonitor,
    private readonly audit: AuditLog,
  ) {}

  onModuleInit(): void {
    this.monitor.onViolation((violation) => this.#tell(violation));
  }

  #tell({ error, context }: IsolationViolation): void {
    const { requestId, runId } = context;
    this.#logger.fatal({ requestId, runId, err: error });
    this.audit
      .record(context, 'isolation.violated', { what: error.message })
      .catch((failure: unknown) => this.#logger.error({ requestId, err: failure }));
  }
}
