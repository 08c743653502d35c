import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RunOverview } from '@bulkhead/execution';
import { RequiresPermission } from '../auth/access.decorator.ts';
import { ApiProblems } from '../openapi/api-problems.decorator.ts';
import { fromCursor, PageQuery, toPage } from '../validation/page.dto.ts';
import { RunMetadataPageDto } from './admin-run.dto.ts';

/** What runs, for whom, and how long. What was said is not to be seen here, nor anywhere else. */
@ApiTags('Administration')
@ApiBearerAuth()
@RequiresPermission('admin:read')
@Controller('v1/admin/runs')
export class AdminRunsController {
  constructor(private readonly runs: RunOverview) {}

  /** Everybody's runs, newest first, without content. */
  @Get()
  @ApiOkResponse({ type: RunMetadataPageDto, description: 'A page of runs.' })
  @ApiProblems(400, 401, 403)
  async list(@Query() { limit, cursor }: PageQuery): Promise<RunMetadataPageDto> {
    const runs = await this.runs.list(limit + 1, fromCursor(cursor));
    return toPage(runs, limit, ({ runId }) => runId);
  }
}
