import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { ThreadDirectory } from '@bulkhead/events';
import { RunAdmission, RunHistory } from '@bulkhead/execution';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import type { Once } from '@bulkhead/persistence';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiIdempotent, IdempotencyKey } from '../idempotency/idempotency-key.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { Revalidated } from '../http/etag.interceptor.ts';
import { fromCursor, SequenceQuery, toPage } from '../validation/page.dto.ts';
import {
  AcceptedRunDto,
  ConfigureThreadDto,
  CreateThreadDto,
  MessagePageDto,
  SendMessageDto,
  ThreadDto,
  ThreadPageDto,
  ThreadPath,
  ThreadQuery,
} from './thread.dto.ts';

@ApiTags('Threads')
@ApiBearerAuth()
@RequiresPermission('threads:own')
@Controller('v1/threads')
export class ThreadsController {
  constructor(private readonly scopes: ScopeRunner) {}

  @Post()
  @ApiCreatedResponse({ type: ThreadDto })
  @ApiIdempotent()
  @ApiProblems(400, 401, 403, 422)
  create(
    @Req() request: UserRequest,
    @Body() { title = '', ...settings }: CreateThreadDto,
    @IdempotencyKey() once: Once | undefined,
  ): Promise<ThreadDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, ThreadDirectory, (threads) =>
      threads.create(title, { ...settings, once }),
    );
  }

  /** Your threads, newest first; all, or those with a title that contains `q`. */
  @Get()
  @ApiOkResponse({ type: ThreadPageDto })
  @ApiProblems(400, 401, 403)
  async list(
    @Req() request: UserRequest,
    @Query() { limit, cursor, q }: ThreadQuery,
  ): Promise<ThreadPageDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    const from = fromCursor(cursor);
    const threads = await this.scopes.run(context, ThreadDirectory, (directory) =>
      directory.list(limit + 1, from, { titleContains: q }),
    );
    return toPage(threads, limit, ({ threadId }) => threadId);
  }

  @Get(':threadId')
  @Revalidated()
  @ApiOkResponse({ type: ThreadDto })
  @ApiProblems(400, 401, 403, 404)
  get(@Req() request: UserRequest, @Param() path: ThreadPath): Promise<ThreadDto> {
    const context = UserExecutionContext.fromHttpRequest(request, { threadId: path.threadId });
    return this.scopes.run(context, ThreadDirectory, (threads) => threads.get());
  }

  /** Renames a thread, and sets its policy for messages while a run is unfinished and how long events are kept. */
  @Patch(':threadId')
  @ApiOkResponse({ type: ThreadDto })
  @ApiProblems(400, 401, 403, 404)
  configure(
    @Req() request: UserRequest,
    @Param() path: ThreadPath,
    @Body() settings: ConfigureThreadDto,
  ): Promise<ThreadDto> {
    const context = UserExecutionContext.fromHttpRequest(request, { threadId: path.threadId });
    return this.scopes.run(context, ThreadDirectory, (threads) => threads.configure(settings));
  }

  /** Accepts a message. Once this answers, the run is stored and will come to an end, whatever happens to the server. */
  @RequiresPermission('runs:own')
  @Post(':threadId/messages')
  @HttpCode(202)
  @ApiAcceptedResponse({ type: AcceptedRunDto })
  @ApiIdempotent()
  @ApiProblems(400, 401, 403, 404, 409, 422, 429, 503)
  send(
    @Req() request: UserRequest,
    @Param() path: ThreadPath,
    @Body() { agentName, content, whenBusy }: SendMessageDto,
    @IdempotencyKey() once: Once | undefined,
  ): Promise<AcceptedRunDto> {
    const context = UserExecutionContext.fromHttpRequest(request, { threadId: path.threadId });
    return this.scopes.run(context, RunAdmission, (admission) =>
      admission.admit(agentName, content, { whenBusy, once }),
    );
  }

  /** A thread's messages, oldest first. */
  @Get(':threadId/messages')
  @ApiOkResponse({ type: MessagePageDto })
  @ApiProblems(400, 401, 403, 404)
  messages(
    @Req() request: UserRequest,
    @Param() path: ThreadPath,
    @Query() { after, limit }: SequenceQuery,
  ): Promise<MessagePageDto> {
    const context = UserExecutionContext.fromHttpRequest(request, { threadId: path.threadId });
    return this.scopes.run(context, RunHistory, async (history) => ({
      items: await history.messages(after, limit),
    }));
  }
}
