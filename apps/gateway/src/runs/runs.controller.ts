import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RunControl, RunHistory, RunLookup } from '@bulkhead/execution';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { Revalidated } from '../http/etag.interceptor.ts';
import { fromCursor, toPage } from '../validation/page.dto.ts';
import { RunDto, RunPageDto, RunPath, RunStateDto, RunQuery } from './run.dto.ts';

@ApiTags('Runs')
@ApiBearerAuth()
@RequiresPermission('runs:own')
@Controller('v1/runs')
export class RunsController {
  constructor(
    private readonly scopes: ScopeRunner,
    private readonly locator: RunLookup,
  ) {}

  /** Your runs, newest first; all, or those of a thread or in a state. */
  @Get()
  @ApiOkResponse({ type: RunPageDto })
  @ApiProblems(400, 401, 403)
  async list(
    @Req() request: UserRequest,
    @Query() { limit, cursor, ...filter }: RunQuery,
  ): Promise<RunPageDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    const from = fromCursor(cursor);
    const runs = await this.scopes.run(context, RunHistory, (history) =>
      history.list(limit + 1, from, filter),
    );
    return toPage(runs, limit, ({ runId }) => runId);
  }

  @Get(':runId')
  @Revalidated()
  @ApiOkResponse({ type: RunDto })
  @ApiProblems(400, 401, 403, 404)
  get(@Req() request: UserRequest, @Param() { runId }: RunPath): Promise<RunDto> {
    const context = UserExecutionContext.fromHttpRequest(request, { runId });
    return this.scopes.run(context, RunHistory, (history) => history.get());
  }

  /** Asks a run to stop. Asking again, or after its end, changes nothing. */
  @Post(':runId/cancel')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: RunStateDto })
  @ApiProblems(400, 401, 403, 404)
  async cancel(@Req() request: UserRequest, @Param() { runId }: RunPath): Promise<RunStateDto> {
    const context = await this.locator.locate(UserExecutionContext.fromHttpRequest(request, { runId }));
    return { runId, state: await this.scopes.run(context, RunControl, (control) => control.cancel()) };
  }
}
