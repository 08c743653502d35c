import { Injectable } from '@nestjs/common';
import { MemoryGuard, QueueDepth, RunQueue } from '@bulkhead/execution';
import { Database } from '@bulkhead/persistence';
import { NodeLifecycle } from '../../lifecycle/node-lifecycle.service.ts';

/** Wait of a run that could begin, in seconds, above which the nodes do not keep up. */
const MAX_QUEUE_LAG_S = 30;

/** How a part of the server is. */
export type Condition = 'ok' | 'degraded';

/** What a node that is ready says of itself. */
export interface Readiness {
  readonly status: Condition;
  readonly checks: {
    readonly database: 'ok';
    /** Tables are as this version needs them, and keep users apart: the boot ends without. */
    readonly migrations: 'ok';
    readonly engine: 'ok';
    readonly queue: Condition;
    readonly memory: Condition;
  };
}

/** Says whether a node can do its work now. */
@Injectable()
export class ReadinessCheck {
  constructor(
    private readonly database: Database,
    private readonly queue: RunQueue,
    private readonly depth: QueueDepth,
    private readonly memory: MemoryGuard,
    private readonly node: NodeLifecycle,
  ) {}

  /** Whether everything that the boot does is done: what waits for a node to start asks this. */
  get hasStarted(): boolean {
    return this.queue.isOpen;
  }

  /**
   * Degraded is still ready: what is accepted is stored and will be done, if later.
   * @throws ServerStoppingError from the signal on, DatabaseUnavailableError when the database does not answer or can't be written to, or the queue is not open yet or any more
   */
  async read(): Promise<Readiness> {
    this.node.assertStaying();
    await this.database.assertWritable();
    this.queue.assertOpen();
    const { oldestSeconds } = await this.depth.read();
    const queue = oldestSeconds > MAX_QUEUE_LAG_S ? 'degraded' : 'ok';
    const memory = this.memory.isShort ? 'degraded' : 'ok';
    const status = queue === 'ok' && memory === 'ok' ? 'ok' : 'degraded';
    return { status, checks: { database: 'ok', migrations: 'ok', engine: 'ok', queue, memory } };
  }
}
