import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DeliveryReport, ToolResults } from '@bulkhead/events';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { ThreadPath } from '../threads/thread.dto.ts';
import { ThreadDeliveriesDto, ThreadDeliveryDto, ToolResultDto, ToolResultPath } from './delivery.dto.ts';

/** Threads in a report. */
const MAX_THREADS = 100;

@ApiTags('Events')
@ApiBearerAuth()
@RequiresPermission('threads:own')
@Controller('v1')
export class DeliveryController {
  constructor(private readonly scopes: ScopeRunner) {}

  /** What of your threads your clients have not acknowledged: the hundred that lag most, the worst first. */
  @Get('delivery')
  @ApiOkResponse({ type: ThreadDeliveriesDto })
  @ApiProblems(401)
  async ofThreads(@Req() request: UserRequest): Promise<ThreadDeliveriesDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, DeliveryReport, async (report) => ({
      items: await report.ofThreads(MAX_THREADS),
    }));
  }

  /** How far a thread was sent to your clients, and how far they have acknowledged it. */
  @Get('threads/:threadId/delivery')
  @ApiOkResponse({ type: ThreadDeliveryDto })
  @ApiProblems(400, 401, 404)
  ofThread(@Req() request: UserRequest, @Param() { threadId }: ThreadPath): Promise<ThreadDeliveryDto> {
    const context = UserExecutionContext.fromHttpRequest(request, { threadId });
    return this.scopes.run(context, DeliveryReport, (report) => report.ofThread());
  }

  /** What was too large for an event: it is named there by `resultRef` or `argumentsRef`. */
  @Get('tool-results/:resultId')
  @ApiOkResponse({ type: ToolResultDto })
  @ApiProblems(400, 401, 404)
  toolResult(@Req() request: UserRequest, @Param() { resultId }: ToolResultPath): Promise<ToolResultDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, ToolResults, (results) => results.get(resultId));
  }
}
