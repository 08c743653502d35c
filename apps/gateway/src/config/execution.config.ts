import { Whole } from './whole.decorator.ts';

/** What bounds runs. */
export class ExecutionConfig {
  @Whole(1, 100)
  readonly RUNS_PER_USER: number = 5;

  @Whole(1, 100_000)
  readonly UNFINISHED_RUNS_PER_USER: number = 200;

  @Whole(1, 100)
  readonly RUN_MAX_STEPS: number = 20;

  @Whole(0, 1_000)
  readonly RUN_MAX_TOOL_CALLS: number = 50;

  @Whole(0, 1_000)
  readonly RUN_MAX_DELEGATIONS: number = 20;

  @Whole(1, 86_400)
  readonly RUN_TIMEOUT_SECONDS: number = 300;

  @Whole(10, 10_000)
  readonly QUEUE_POLLING_MS: number = 25;

  @Whole(0, 300)
  readonly DRAIN_TIMEOUT_SECONDS: number = 8;
}
