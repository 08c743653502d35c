export { METRICS } from './metric-catalogue.ts';
export { assertBounded, LabelGuard, OTHER, type MetricDefinition } from './metric-definition.ts';
export { Metrics, type MetricName, type Reading } from './metrics.service.ts';
export { TelemetryModule } from './telemetry.module.ts';
export {
  Tracing,
  type SpanAttributes,
  type SpanOptions,
  type TraceExporter,
  type TraceSpan,
} from './tracing.service.ts';
