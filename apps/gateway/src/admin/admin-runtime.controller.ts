import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ActiveRuns, EngineMetrics } from '@bulkhead/execution';
import { LeakDetector, ScopeRunner } from '@bulkhead/user-context';
import { RequiresPermission } from '../security/access.decorator.ts';
import { ApiProblems } from '../problems/api-problems.decorator.ts';
import { RuntimeDto } from './admin-runtime.dto.ts';

const MAX_SCOPES = 20;

/** What this node holds now, against what it should. Names no user. */
@ApiTags('Administration')
@ApiBearerAuth()
@RequiresPermission('admin:read')
@Controller('v1/admin/runtime')
export class AdminRuntimeController {
  constructor(
    private readonly scopes: ScopeRunner,
    private readonly leaks: LeakDetector,
    private readonly engines: EngineMetrics,
    private readonly ledger: ActiveRuns,
  ) {}

  /** The node that answers looks at itself. */
  @Get()
  @ApiOkResponse({ type: RuntimeDto })
  @ApiProblems(401, 403)
  look(): RuntimeDto {
    return {
      liveScopes: this.scopes.liveCount,
      oldestScopes: this.leaks.live(MAX_SCOPES),
      scopesInMemory: this.leaks.inMemoryCount,
      failedCleanups: this.scopes.leftBehindCount,
      leftovers: Object.fromEntries(this.leaks.leftovers),
      liveEngines: this.engines.active,
      runningRuns: this.ledger.runningCount,
      resources: countByName(process.getActiveResourcesInfo()),
      heapUsed: process.memoryUsage().heapUsed,
    };
  }
}

function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
