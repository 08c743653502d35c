import { Body, Controller, Get, Param, Put, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { FlagAdministration } from '@bulkhead/flags';
import { UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { ChangeFlagDto, FlagDto, FlagListDto, FlagPath } from './admin-flag.dto.ts';

/** Which of two ways of doing the same the server goes, and back. No flag decides who may do what. */
@ApiTags('Administration')
@ApiBearerAuth()
@RequiresPermission('admin:read')
@Controller('v1/admin/flags')
export class AdminFlagsController {
  constructor(private readonly flags: FlagAdministration) {}

  @Get()
  @ApiOkResponse({ type: FlagListDto, description: 'All flags.' })
  @ApiProblems(401, 403)
  async list(): Promise<FlagListDto> {
    return { items: await this.flags.list() };
  }

  /** Changes a flag on every node, within a moment. Who did it and why is kept. */
  @RequiresPermission('admin:write')
  @Put(':flagName')
  @ApiOkResponse({ type: FlagDto, description: 'The flag as it is now.' })
  @ApiProblems(400, 401, 403, 404, 409)
  change(
    @Req() request: UserRequest,
    @Param() { flagName }: FlagPath,
    @Body() change: ChangeFlagDto,
  ): Promise<FlagDto> {
    return this.flags.change(UserExecutionContext.fromHttpRequest(request), flagName, change);
  }
}
