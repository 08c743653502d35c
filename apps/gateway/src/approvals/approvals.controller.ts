import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Approvals } from '@bulkhead/execution';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { ApprovalDto, ApprovalListDto, ApprovalPath, DecideApprovalDto, toDecision } from './approval.dto.ts';

@ApiTags('Approvals')
@ApiBearerAuth()
@RequiresPermission('runs:own')
@Controller('v1/approvals')
export class ApprovalsController {
  constructor(private readonly scopes: ScopeRunner) {}

  /** The tool calls that wait for your decision, oldest first. */
  @Get()
  @ApiOkResponse({ type: ApprovalListDto })
  @ApiProblems(401, 403)
  async list(@Req() request: UserRequest): Promise<ApprovalListDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return { items: await this.scopes.run(context, Approvals, (approvals) => approvals.pending()) };
  }

  @Get(':approvalId')
  @ApiOkResponse({ type: ApprovalDto })
  @ApiProblems(400, 401, 403, 404)
  get(@Req() request: UserRequest, @Param() { approvalId }: ApprovalPath): Promise<ApprovalDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, Approvals, (approvals) => approvals.get(approvalId));
  }

  /** Approves or refuses a tool call, once. Doing the same again changes nothing. */
  @Post(':approvalId')
  @HttpCode(200)
  @ApiOkResponse({ type: ApprovalDto })
  @ApiProblems(400, 401, 403, 404, 409)
  decide(
    @Req() request: UserRequest,
    @Param() { approvalId }: ApprovalPath,
    @Body() decision: DecideApprovalDto,
  ): Promise<ApprovalDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, Approvals, (approvals) =>
      approvals.decide(approvalId, toDecision(decision)),
    );
  }
}
