import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Metrics } from '@bulkhead/telemetry';
import { Public } from '../security/access.decorator.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { ScrapeGuard } from './scrape.guard.ts';

/** Not open to everybody: a guard of its own also knows the token of whoever scrapes. */
@Public()
@UseGuards(ScrapeGuard)
@ApiTags('Administration')
@ApiBearerAuth()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** What this node counts, for Prometheus. */
  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOkResponse({ description: 'All metrics, in the text format of Prometheus.' })
  @ApiProblems(401, 403, 503)
  show(): Promise<string> {
    return this.metrics.text();
  }
}
