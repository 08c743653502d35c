import { Controller, Get, Headers, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { EventLog, ThreadReader, type Cursor } from '@bulkhead/events';
import { RunLookup } from '@bulkhead/execution';
import { UserExecutionContext } from '@bulkhead/user-context';
import type { FastifyReply } from 'fastify';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { RunPath } from '../runs/run.dto.ts';
import { ThreadPath } from '../threads/thread.dto.ts';
import { SseStreams } from '../streaming/sse-streams.service.ts';
import { EventPageDto, EventsQuery } from './event.dto.ts';

const content = {
  'text/event-stream': {
    schema: { type: 'string' as const, description: 'Server-sent events: id is the sequence.' },
  },
};

/** Most bytes of what the events of a page say; a page that is cut short ends before `latestSeq`. */
const MAX_PAGE_BYTES = 1024 * 1024;

/** A thread's or run's events as JSON, or live as server-sent events when the client accepts `text/event-stream`. */
@ApiTags('Events')
@ApiBearerAuth()
@ApiHeader({ name: 'last-event-id', required: false, description: 'Continues a stream after this sequence.' })
@RequiresPermission('threads:own')
@Controller('v1')
export class EventsController {
  constructor(
    private readonly reader: ThreadReader,
    private readonly log: EventLog,
    private readonly streams: SseStreams,
    private readonly locator: RunLookup,
  ) {}

  @Get('threads/:threadId/events')
  @ApiOkResponse({ type: EventPageDto, content })
  @ApiProblems(400, 401, 403, 404)
  async ofThread(
    @Req() request: UserRequest,
    @Param() { threadId }: ThreadPath,
    @Query() query: EventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventPageDto | undefined> {
    const context = UserExecutionContext.fromHttpRequest(request, { threadId });
    return this.#answer(context, query, lastEventId, reply);
  }

  @Get('runs/:runId/events')
  @ApiOkResponse({ type: EventPageDto, content })
  @ApiNoContentResponse({
    description: 'To a stream that comes back: the run has ended, and all of it was read.',
  })
  @ApiProblems(400, 401, 403, 404)
  async ofRun(
    @Req() request: UserRequest,
    @Param() { runId }: RunPath,
    @Query() query: EventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventPageDto | undefined> {
    const context = await this.locator.locate(UserExecutionContext.fromHttpRequest(request, { runId }));
    return this.#answer(context, query, lastEventId, reply, { runId: context.runId });
  }

  async #answer(
    context: UserExecutionContext,
    { after, limit }: EventsQuery,
    lastEventId: string | undefined,
    reply: FastifyReply,
    ofRun: { readonly runId?: string } = {},
  ): Promise<EventPageDto | undefined> {
    const { threadId } = context;
    const cursor = cursorOf(after, lastEventId);
    const range = await this.reader.verify(context, threadId, cursor);
    const afterSeq = cursor?.afterSeq ?? range.oldestSeq - 1;
    if (!reply.request.headers.accept?.includes('text/event-stream')) {
      return {
        items: await this.log.read(context, {
          threadId,
          afterSeq,
          limit,
          maxBytes: MAX_PAGE_BYTES,
          ...ofRun,
        }),
        ...range,
      };
    }
    if (ofRun.runId !== undefined && (await this.#isOver(context, afterSeq))) {
      // A client that comes back after the end is told to stay away (HTML Living Standard, section 9.2.3).
      void reply.status(204);
      return undefined;
    }
    this.streams.open(context, { threadId, afterSeq, ...ofRun }, reply);
    return undefined;
  }

  /** Whether a run's stream has nothing more to say after a sequence. The state is asked first: events come with it. */
  async #isOver(context: UserExecutionContext, afterSeq: number): Promise<boolean> {
    if (!(await this.locator.hasEnded(context))) return false;
    const { threadId, runId } = context;
    return (await this.log.read(context, { threadId, runId, afterSeq, limit: 1 })).length === 0;
  }
}

/** The header wins: an EventSource that reconnects repeats its first URL. Without either, everything stored is read. */
function cursorOf(after: number | undefined, lastEventId: string | undefined): Cursor | undefined {
  if (lastEventId !== undefined) {
    return { field: 'last-event-id', afterSeq: /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : NaN };
  }
  return after === undefined ? undefined : { field: 'after', afterSeq: after };
}
