import { Module } from '@nestjs/common';
import { Sandbox } from './sandbox.service.ts';

/** One pool of worker threads per process. */
@Module({ providers: [Sandbox], exports: [Sandbox] })
export class SandboxModule {}
