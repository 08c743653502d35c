import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AdminRuns } from '@bulkhead/execution';
import { UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { fromCursor, PageQuery, toPage } from '../validation/page.dto.ts';
import { RunPath } from '../runs/run.dto.ts';
import { RequeuedRunDto, RunMetadataPageDto } from './admin-run.dto.ts';
import { RunRequeuing } from './run-requeuing.service.ts';

/** What runs, for whom, and how long. What was said is not to be seen here, nor anywhere else. */
@ApiTags('Administration')
@ApiBearerAuth()
@RequiresPermission('admin:read')
@Controller('v1/admin/runs')
export class AdminRunsController {
  constructor(
    private readonly runs: AdminRuns,
    private readonly requeuing: RunRequeuing,
  ) {}

  /** Everybody's runs, newest first, without content. */
  @Get()
  @ApiOkResponse({ type: RunMetadataPageDto, description: 'A page of runs.' })
  @ApiProblems(400, 401, 403)
  async list(@Query() { limit, cursor }: PageQuery): Promise<RunMetadataPageDto> {
    const runs = await this.runs.list(limit + 1, fromCursor(cursor));
    return toPage(runs, limit, ({ runId }) => runId);
  }

  /** Answers the message of a run that ended with `run_crashes_node` once more, in a new run of its owner. */
  @RequiresPermission('admin:write')
  @Post(':runId/requeue')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: RequeuedRunDto, description: 'The new run is stored.' })
  @ApiProblems(400, 401, 403, 404, 409, 429, 503)
  requeue(@Req() request: UserRequest, @Param() { runId }: RunPath): Promise<RequeuedRunDto> {
    return this.requeuing.requeue(UserExecutionContext.fromHttpRequest(request), runId);
  }
}
