import { Readable } from 'node:stream';
import { Controller, Get, Header, Query, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AuditReader } from '@bulkhead/audit';
import { RequiresPermission } from '../security/access.decorator.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { fromCursor, toPage } from '../validation/page.dto.ts';
import { AuditPageDto, AuditQuery } from './audit.dto.ts';
import { toLines } from './json-lines.ts';

/** The whole log. It holds who did what and when, never what was said. */
@ApiTags('Administration')
@ApiBearerAuth()
@RequiresPermission('admin:read')
@Controller('v1/admin/audit')
export class AdminAuditController {
  constructor(private readonly reader: AuditReader) {}

  /** Everybody's entries, newest first. Isolation incidents are those with `action=isolation.violated`. */
  @Get()
  @ApiOkResponse({ type: AuditPageDto, description: 'A page of the audit log.' })
  @ApiProblems(400, 401, 403)
  async list(@Query() { userId, action, limit, cursor }: AuditQuery): Promise<AuditPageDto> {
    const before = fromCursor(cursor);
    const entries = await this.reader.ofAll({
      ...(userId !== undefined && { userId }),
      ...(action !== undefined && { action }),
      ...(before && { before }),
      limit: limit + 1,
    });
    const rows = entries.map((entry) => ({ ...entry, createdAt: entry.at }));
    const page = toPage(rows, limit, ({ auditId }) => auditId);
    return { ...page, items: page.items.map(({ createdAt: _at, ...entry }) => entry) };
  }

  /** All of it, chain by chain, as JSON lines. */
  @Get('export')
  @Header('content-disposition', 'attachment; filename="audit.jsonl"')
  @ApiOkResponse({
    description: 'One entry per line.',
    content: { 'application/jsonl': { schema: { type: 'string' } } },
  })
  @ApiProblems(401, 403)
  export(): StreamableFile {
    return new StreamableFile(Readable.from(toLines(this.reader.everything())), {
      type: 'application/jsonl',
    });
  }
}
