import { Module } from '@nestjs/common';
import { AuditModule } from '@bulkhead/audit';
import { AuthModule } from '@bulkhead/auth';
import { ExecutionModule } from '@bulkhead/execution';
import { FlagsModule } from '@bulkhead/flags';
import { UserContextModule } from '@bulkhead/user-context';
import { AdminFlagsController } from './admin-flags.controller.ts';
import { AdminRunsController } from './admin-runs.controller.ts';
import { AdminRuntimeController } from './admin-runtime.controller.ts';
import { AdminSigningKeysController } from './admin-signing-keys.controller.ts';
import { AdminUsageController } from './admin-usage.controller.ts';
import { AdminUsersController } from './admin-users.controller.ts';
import { RunRequeuing } from './run-requeuing.service.ts';

/** Administration over REST: users, runs, usage, flags, the state of a node. Never content. */
@Module({
  imports: [AuditModule, AuthModule, ExecutionModule, FlagsModule, UserContextModule],
  controllers: [
    AdminFlagsController,
    AdminRunsController,
    AdminRuntimeController,
    AdminSigningKeysController,
    AdminUsageController,
    AdminUsersController,
  ],
  providers: [RunRequeuing],
})
export class AdminModule {}
