import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { UsageReport, UserQuota } from '@bulkhead/execution';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { QuotaListDto, UsageDto, UsageQuery } from './usage.dto.ts';

@ApiTags('Usage')
@ApiBearerAuth()
@RequiresPermission('runs:own')
@Controller('v1/usage')
export class UsageController {
  constructor(private readonly scopes: ScopeRunner) {}

  /** What your runs used, by day, agent and model. */
  @Get()
  @ApiOkResponse({ type: UsageDto })
  @ApiProblems(400, 401, 403)
  async days(@Req() request: UserRequest, @Query() { from, to }: UsageQuery): Promise<UsageDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return { items: await this.scopes.run(context, UsageReport, (report) => report.days(from, to)) };
  }

  /** What you may use, and how much of it is left until when. Empty: there is no limit. */
  @Get('quota')
  @ApiOkResponse({ type: QuotaListDto })
  @ApiProblems(401, 403)
  async quota(@Req() request: UserRequest): Promise<QuotaListDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return { items: await this.scopes.run(context, UserQuota, (quota) => quota.list()) };
  }
}
