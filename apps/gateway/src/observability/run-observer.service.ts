import { Injectable } from '@nestjs/common';
import { FencingTokens } from '@bulkhead/events';
import { RunTraces } from '@bulkhead/execution';
import { Metrics, Tracing } from '@bulkhead/telemetry';
import type { UserExecutionContext } from '@bulkhead/user-context';

/** Times and traces how long a run waited, and how long this node worked on it. */
@Injectable()
export class RunObserver {
  constructor(
    private readonly fence: FencingTokens,
    private readonly metrics: Metrics,
    private readonly tracing: Tracing,
    private readonly traces: RunTraces,
  ) {}

  /** Does the work of a run, as the continuation of whatever accepted it, here or elsewhere. */
  async watch(context: UserExecutionContext, agentName: string, work: () => Promise<void>): Promise<void> {
    const acceptedAt = Date.parse(context.createdAt);
    const { epoch = 1 } = this.fence.claimOf(context) ?? {};
    const isFirst = epoch === 1;
    if (isFirst) {
      const seconds = Math.max(0, Date.now() - acceptedAt) / 1000;
      this.metrics.observe('bulkhead_run_queue_wait_seconds', seconds);
    }
    const startedAt = performance.now();
    try {
      await (this.tracing.isOn
        ? this.#trace(context, { agentName, epoch, isFirst, acceptedAt }, work)
        : work());
    } finally {
      this.metrics.observe('bulkhead_run_seconds', (performance.now() - startedAt) / 1000);
    }
  }

  async #trace(
    context: UserExecutionContext,
    run: { agentName: string; epoch: number; isFirst: boolean; acceptedAt: number },
    work: () => Promise<void>,
  ): Promise<void> {
    const parent = await this.traces.of(context, context.runId);
    const attributes = {
      'run.id': context.runId,
      'thread.id': context.threadId,
      'request.id': context.requestId,
      'agent.name': run.agentName,
      'run.epoch': run.epoch,
    };
    if (run.isFirst) this.tracing.start('queue', { parent, startedAt: run.acceptedAt, attributes }).end();
    await this.tracing.span('run', { kind: 'consumer', parent, attributes }, work);
  }
}
