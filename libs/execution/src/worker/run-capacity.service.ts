import { Inject, Injectable } from '@nestjs/common';
import { AdmissionQueue } from '../admission/admission-queue.service.ts';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';
import { MemoryGuard } from '../admission/memory-guard.service.ts';

/** Runs that this node has at most while messages go first. */
const WHILE_MESSAGES_WAIT = 4;

/** How many runs this node may take: fewer while a burst of messages waits, so that they are safe first, and none when memory is short. */
@Injectable()
export class RunCapacity {
  constructor(
    private readonly memory: MemoryGuard,
    private readonly turns: AdmissionQueue,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /** @param held runs that this node has already @returns 0 and less: none */
  beside(held: number): number {
    if (this.memory.isShort) return 0;
    const { runsPerNode } = this.options;
    return (this.turns.goFirst ? Math.min(WHILE_MESSAGES_WAIT, runsPerNode) : runsPerNode) - held;
  }
}
