import { Controller, Get } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DatabaseUnavailableError } from '@bulkhead/persistence';
import { Public } from '../../security/access.decorator.ts';
import { ApiProblems } from '../../problems/api-problems.decorator.ts';
import { ReadinessCheck, type Readiness } from './readiness.service.ts';

const isFine = {
  description: 'It does.',
  schema: { type: 'object', required: ['status'], properties: { status: { type: 'string', example: 'ok' } } },
};

@Public()
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: ReadinessCheck) {}

  /** For a person: the process answers, and here is what machines ask. */
  @Get()
  @ApiExcludeEndpoint()
  show(): { status: 'ok'; live: string; ready: string; startup: string; docs: string } {
    return {
      status: 'ok',
      live: '/health/live',
      ready: '/health/ready',
      startup: '/health/startup',
      docs: '/docs',
    };
  }

  /** The process answers. One that does not is to be started again. */
  @Get('live')
  @ApiOkResponse(isFine)
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The database answers, the queue is open: send traffic here. Degraded: it works, but not as it should. */
  @Get('ready')
  @ApiOkResponse(isFine)
  @ApiProblems(503)
  ready(): Promise<Readiness> {
    return this.readiness.read();
  }

  /** The boot is over: the database is migrated and checked, the queue is open. Until then, ask nothing else. */
  @Get('startup')
  @ApiOkResponse(isFine)
  @ApiProblems(503)
  startup(): { status: 'ok' } {
    if (!this.readiness.hasStarted) throw new DatabaseUnavailableError(new Error('Still starting.'));
    return { status: 'ok' };
  }
}
