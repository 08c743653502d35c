import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RunTotals } from '@bulkhead/execution';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { ActivityDto } from './activity.dto.ts';
import { UsageQuery } from './usage.dto.ts';

@ApiTags('Usage')
@ApiBearerAuth()
@RequiresPermission('runs:own')
@Controller('v1/activity')
export class ActivityController {
  constructor(private readonly scopes: ScopeRunner) {}

  /** What of yours runs now, and what your runs amount to: states, times, steps, tool calls, tokens. */
  @Get()
  @ApiOkResponse({ type: ActivityDto })
  @ApiProblems(400, 401, 403)
  report(@Req() request: UserRequest, @Query() { from, to }: UsageQuery): Promise<ActivityDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, RunTotals, (totals) => totals.report(from, to));
  }
}
