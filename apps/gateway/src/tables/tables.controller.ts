import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiTags,
} from '@nestjs/swagger';
import { UserDatabaseSession } from '@bulkhead/persistence';
import { TableImport, TableStore } from '@bulkhead/tables';
import { ScopeRunner, UserExecutionContext } from '@bulkhead/user-context';
import type { FastifyReply } from 'fastify';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { Revalidated } from '../http/etag.interceptor.ts';
import { csvOf } from './csv-body.ts';
import { TableDto, TableListDto, TablePath, UploadTableQuery } from './table.dto.ts';

@ApiTags('Tables')
@ApiBearerAuth()
@RequiresPermission('threads:own')
@Controller('v1/tables')
export class TablesController {
  constructor(
    private readonly scopes: ScopeRunner,
    private readonly store: TableStore,
    private readonly tableImport: TableImport,
  ) {}

  /** Stores a CSV with a header, whole or not at all. Agents with the tables tools can then query it. */
  @Post()
  @ApiConsumes(
    'text/csv',
    'text/plain',
    'text/tab-separated-values',
    'application/octet-stream',
    'multipart/form-data',
  )
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ type: TableDto })
  @ApiProblems(400, 401, 409, 429, 503)
  async upload(
    @Req() request: UserRequest,
    @Query() { name, ...format }: UploadTableQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TableDto> {
    const body = csvOf(request);
    const context = UserExecutionContext.fromHttpRequest(request);
    try {
      return await this.scopes.run(context, UserDatabaseSession, (session) =>
        this.tableImport.store(session, { name, ...format, body }),
      );
    } finally {
      // What was refused half-way need not be sent to its end.
      if (!request.raw.complete) void reply.header('connection', 'close');
    }
  }

  /** Your tables, newest first. */
  @Get()
  @ApiOkResponse({ type: TableListDto })
  @ApiProblems(401)
  list(@Req() request: UserRequest): Promise<TableListDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, UserDatabaseSession, async (session) => ({
      items: await this.store.list(session),
    }));
  }

  @Get(':tableId')
  @Revalidated()
  @ApiOkResponse({ type: TableDto })
  @ApiProblems(400, 401, 404)
  get(@Req() request: UserRequest, @Param() { tableId }: TablePath): Promise<TableDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, UserDatabaseSession, (session) => this.store.get(session, tableId));
  }

  /** Deletes a table with its rows. */
  @Delete(':tableId')
  @HttpCode(204)
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 404)
  delete(@Req() request: UserRequest, @Param() { tableId }: TablePath): Promise<void> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return this.scopes.run(context, UserDatabaseSession, (session) => this.store.delete(session, tableId));
  }
}
