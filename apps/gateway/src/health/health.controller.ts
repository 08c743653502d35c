import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Database } from '@bulkhead/persistence';
import { Public } from '../auth/access.decorator.ts';
import { ApiProblems } from '../openapi/api-problems.decorator.ts';

@Public()
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly database: Database) {}

  /** The process answers. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The database answers too: send traffic here. */
  @Get('ready')
  @ApiProblems(503)
  async ready(): Promise<{ status: 'ok' }> {
    await this.database.ping();
    return { status: 'ok' };
  }
}
