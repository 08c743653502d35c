import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { EventRouter, type ThreadEvent } from '@bulkhead/events';
import { Metrics } from '@bulkhead/telemetry';

/** Counts the events that this node has stored, and writes a line for each run that has ended. */
@Injectable()
export class EventObserver implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('Runs');
  #stop: (() => void) | undefined;

  constructor(
    private readonly router: EventRouter,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.#stop = this.router.observe(({ userId }, events) => {
      for (const event of events) this.#observe(event, userId);
    });
  }

  onModuleDestroy(): void {
    this.#stop?.();
  }

  #observe(event: ThreadEvent, userId: string): void {
    this.metrics.count('bulkhead_events_stored_total', { type: event.type });
    if (event.type === 'run_queued') this.metrics.count('bulkhead_runs_accepted_total');
    else if (event.type === 'agent_completed') {
      const { steps, toolCalls } = event.data;
      this.#ended(event, userId, 'completed', { steps, toolCalls });
    } else if (event.type === 'agent_failed') {
      this.#ended(event, userId, event.data.state, { code: event.data.problem.code });
    } else if (event.type === 'agent_cancelled') this.#ended(event, userId, 'cancelled');
  }

  #ended(
    { requestId, threadId, runId, agentName }: ThreadEvent,
    userId: string,
    state: 'completed' | 'failed' | 'timed_out' | 'cancelled',
    more: Readonly<Record<string, string | number>> = {},
  ): void {
    this.metrics.count('bulkhead_runs_total', { state });
    this.#logger.log({ requestId, userId, threadId, runId, agentName, outcome: state, ...more });
  }
}
