import { Body, Controller, Get, Param, Put, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { QuotaAdministration, UsageOverview } from '@bulkhead/execution';
import { UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { UserPath } from './admin-user.dto.ts';
import { AdminUsageQuery, QuotasDto, QuotasOfUserDto, UsageTotalsDto } from './admin-usage.dto.ts';

/** Who used how much, and how much they may. What for is not to be seen here, nor anywhere else. */
@ApiTags('Administration')
@ApiBearerAuth()
@RequiresPermission('admin:read')
@Controller('v1/admin')
export class AdminUsageController {
  constructor(
    private readonly usage: UsageOverview,
    private readonly quotas: QuotaAdministration,
  ) {}

  /** What everybody's runs used, added up by day, user, agent or model, the greatest first, 1,000 at most. */
  @Get('usage')
  @ApiOkResponse({ type: UsageTotalsDto })
  @ApiProblems(400, 401, 403)
  async totals(@Query() { from, to, by, userId }: AdminUsageQuery): Promise<UsageTotalsDto> {
    return { items: await this.usage.totals(from, to, by, userId) };
  }

  /** A user's own quotas, and those that hold. */
  @Get('users/:userId/quotas')
  @ApiOkResponse({ type: QuotasOfUserDto })
  @ApiProblems(400, 401, 403, 404)
  get(@Param() { userId }: UserPath): Promise<QuotasOfUserDto> {
    return this.quotas.get(userId);
  }

  /** Replaces a user's own quotas; what is left out is as configured. Holds from the next message or run on. */
  @RequiresPermission('admin:write')
  @Put('users/:userId/quotas')
  @ApiOkResponse({ type: QuotasOfUserDto })
  @ApiProblems(400, 401, 403, 404)
  set(
    @Req() request: UserRequest,
    @Param() { userId }: UserPath,
    @Body() { tokensPerDay, tokensPerMonth, costPerDay, costPerMonth }: QuotasDto,
  ): Promise<QuotasOfUserDto> {
    return this.quotas.set(UserExecutionContext.fromHttpRequest(request), userId, {
      tokensPerDay,
      tokensPerMonth,
      costPerDay,
      costPerMonth,
    });
  }
}
