import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { LifecycleModule } from '../lifecycle/lifecycle.module.ts';
import { SecurityModule } from '../security/security.module.ts';
import { HttpProblemFilter } from './http-problem.filter.ts';

/** Turns every error into problem details (RFC 9457). */
@Module({
  imports: [LifecycleModule, SecurityModule],
  providers: [{ provide: APP_FILTER, useExisting: HttpProblemFilter }, HttpProblemFilter],
})
export class ProblemsModule {}
