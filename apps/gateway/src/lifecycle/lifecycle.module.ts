import { Module } from '@nestjs/common';
import { NodeLifecycle } from './node-lifecycle.service.ts';

/** The states of this node: starting, serving, stopping. */
@Module({
  providers: [NodeLifecycle],
  exports: [NodeLifecycle],
})
export class LifecycleModule {}
