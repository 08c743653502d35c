import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { UserAdministration } from '@bulkhead/auth';
import { UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { SessionPath } from '../account/sessions/session.dto.ts';
import { fromCursor, toPage } from '../validation/page.dto.ts';
import {
  AdministeredSessionListDto,
  AdministeredUserDto,
  AdministeredUserPageDto,
  ChangeUserDto,
  UserPath,
  UserQuery,
} from './admin-user.dto.ts';

/** Sessions and API keys of one user that are listed at most. */
const MAX_SESSIONS = 200;

/** Who there is, and what becomes of them. What users say and do is not to be seen here, nor anywhere else. */
@ApiTags('Administration')
@ApiBearerAuth()
@RequiresPermission('admin:read')
@Controller('v1/admin')
export class AdminUsersController {
  constructor(private readonly users: UserAdministration) {}

  /** Everybody, newest first. */
  @Get('users')
  @ApiOkResponse({ type: AdministeredUserPageDto, description: 'A page of users.' })
  @ApiProblems(400, 401, 403)
  async list(@Query() { limit, cursor, email }: UserQuery): Promise<AdministeredUserPageDto> {
    const users = await this.users.list(limit + 1, fromCursor(cursor), email);
    return toPage(users, limit, ({ userId }) => userId);
  }

  @Get('users/:userId')
  @ApiOkResponse({ type: AdministeredUserDto, description: 'The user.' })
  @ApiProblems(400, 401, 403, 404)
  get(@Param() { userId }: UserPath): Promise<AdministeredUserDto> {
    return this.users.get(userId);
  }

  /** Disables (which ends all credentials for good), enables, promotes or demotes. Open connections follow within a second. All but disabling needs a session that was signed in within the last ten minutes. */
  @RequiresPermission('admin:write')
  @Patch('users/:userId')
  @ApiOkResponse({ type: AdministeredUserDto, description: 'The user as it is now.' })
  @ApiProblems(400, 401, 403, 404, 409)
  change(
    @Req() request: UserRequest,
    @Param() { userId }: UserPath,
    @Body() change: ChangeUserDto,
  ): Promise<AdministeredUserDto> {
    return this.users.change(UserExecutionContext.fromHttpRequest(request), userId, change);
  }

  /** Deletes an account with everything of it but the audit log. There is no way back. */
  @RequiresPermission('admin:write')
  @Delete('users/:userId')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems(400, 401, 403, 404, 409)
  remove(@Req() request: UserRequest, @Param() { userId }: UserPath): Promise<void> {
    return this.users.remove(UserExecutionContext.fromHttpRequest(request), userId);
  }

  /** Sign-ins and API keys that are good still, newest first, 200 at most. */
  @Get('users/:userId/sessions')
  @ApiOkResponse({ type: AdministeredSessionListDto, description: "The user's sessions." })
  @ApiProblems(400, 401, 403, 404)
  async sessions(@Param() { userId }: UserPath): Promise<AdministeredSessionListDto> {
    await this.users.get(userId);
    return { items: await this.users.sessionsOf(userId, MAX_SESSIONS) };
  }

  /** Ends a session or an API key. */
  @RequiresPermission('admin:write')
  @Delete('sessions/:sessionId')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It has ended.' })
  @ApiProblems(400, 401, 403, 404)
  endSession(@Req() request: UserRequest, @Param() { sessionId }: SessionPath): Promise<void> {
    return this.users.endSession(UserExecutionContext.fromHttpRequest(request), sessionId);
  }
}
