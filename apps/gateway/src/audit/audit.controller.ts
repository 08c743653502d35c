import { Readable } from 'node:stream';
import { Controller, Get, Header, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AuditReader } from '@bulkhead/audit';
import { UserExecutionContext } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import type { UserRequest } from '../security/authentication.guard.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { SequenceQuery } from '../validation/page.dto.ts';
import { AuditListDto } from './audit.dto.ts';
import { toLines } from './json-lines.ts';

@ApiTags('Audit')
@ApiBearerAuth()
@RequiresPermission('account:own')
@Controller('v1/audit')
export class AuditController {
  constructor(private readonly reader: AuditReader) {}

  /** What the server has written down about you, oldest first. `after` is the last `seq` you have. */
  @Get()
  @ApiOkResponse({ type: AuditListDto, description: 'A part of your audit log.' })
  @ApiProblems(400, 401, 403)
  async list(@Req() request: UserRequest, @Query() { after, limit }: SequenceQuery): Promise<AuditListDto> {
    const context = UserExecutionContext.fromHttpRequest(request);
    return { items: await this.reader.own(context, after, limit) };
  }

  /** All of it, as JSON lines. */
  @Get('export')
  @Header('content-disposition', 'attachment; filename="audit.jsonl"')
  @ApiOkResponse({
    description: 'One entry per line.',
    content: { 'application/jsonl': { schema: { type: 'string' } } },
  })
  @ApiProblems(401, 403)
  export(@Req() request: UserRequest): StreamableFile {
    const context = UserExecutionContext.fromHttpRequest(request);
    return new StreamableFile(Readable.from(toLines(this.reader.ownAll(context))), {
      type: 'application/jsonl',
    });
  }
}
