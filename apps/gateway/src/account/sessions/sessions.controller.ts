import { Controller, Delete, Get, HttpCode, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { UserSessions } from '@bulkhead/auth';
import { RequiresPermission } from '../../security/access.decorator.ts';
import type { UserRequest } from '../../security/authentication.guard.ts';
import { ApiProblems } from '../../problems/api-problems.decorator.ts';
import { SessionListDto, SessionPath } from './session.dto.ts';

@ApiTags('Sessions')
@ApiBearerAuth()
@RequiresPermission('account:own')
@Controller('v1/sessions')
export class SessionsController {
  constructor(private readonly sessions: UserSessions) {}

  /** Where you are signed in, newest first. */
  @Get()
  @ApiOkResponse({ type: SessionListDto, description: 'Your sessions, 200 at most.' })
  @ApiProblems(401, 403)
  async list(@Req() { identity }: UserRequest): Promise<SessionListDto> {
    return { items: await this.sessions.list(identity) };
  }

  /** Signs a device out: its requests are refused and its connections closed within a second. */
  @Delete(':sessionId')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It has ended.' })
  @ApiProblems(400, 401, 403, 404)
  end(@Req() { identity }: UserRequest, @Param() { sessionId }: SessionPath): Promise<void> {
    return this.sessions.end(identity, sessionId);
  }
}
