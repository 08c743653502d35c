import { IsIn } from 'class-validator';
import { IsIntBetween } from './is-int-between.decorator.ts';

/** What bounds runs. */
export class ExecutionConfig {
  @IsIn(['all', 'gateway', 'worker'], { message: 'ROLE must be all, gateway or worker' })
  readonly ROLE: 'all' | 'gateway' | 'worker' = 'all';

  @IsIntBetween(1, 10_000)
  readonly RUNS_PER_NODE: number = 200;

  @IsIntBetween(1, 100)
  readonly RUNS_PER_USER: number = 5;

  @IsIntBetween(1, 100_000)
  readonly UNFINISHED_RUNS_PER_USER: number = 200;

  @IsIntBetween(1, 100)
  readonly RUN_MAX_STEPS: number = 20;

  @IsIntBetween(0, 1_000)
  readonly RUN_MAX_TOOL_CALLS: number = 50;

  @IsIntBetween(0, 1_000)
  readonly RUN_MAX_DELEGATIONS: number = 20;

  @IsIntBetween(1, 86_400)
  readonly RUN_TIMEOUT_SECONDS: number = 300;

  @IsIntBetween(3, 300)
  readonly NODE_LEASE_SECONDS: number = 10;

  @IsIntBetween(1, 100)
  readonly MEMORY_LIMIT_PERCENT: number = 85;

  @IsIntBetween(1, 2_592_000)
  readonly APPROVAL_TIMEOUT_SECONDS: number = 3_600;

  @IsIntBetween(0, 300)
  readonly DRAIN_TIMEOUT_SECONDS: number = 8;
}
