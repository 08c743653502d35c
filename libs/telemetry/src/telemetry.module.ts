import { Module } from '@nestjs/common';
import { Metrics } from './metrics.service.ts';
import { Tracing } from './tracing.service.ts';

/** Counts, and traces when it is told where to. */
@Module({ providers: [Metrics, Tracing], exports: [Metrics, Tracing] })
export class TelemetryModule {}
