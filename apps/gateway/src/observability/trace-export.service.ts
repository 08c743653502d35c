import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Tracing, type TraceExporter } from '@bulkhead/telemetry';
import { GatewayConfig } from '../config/gateway.config.ts';
import { keptNodeId } from '../config/node-id.ts';

/** Sends traces to `OTEL_EXPORTER_OTLP_ENDPOINT`. Without it, nothing of OpenTelemetry is even loaded. */
@Injectable()
export class TraceExport implements OnModuleInit, OnApplicationShutdown {
  #exporter: TraceExporter | undefined;

  constructor(
    private readonly config: GatewayConfig,
    private readonly tracing: Tracing,
  ) {}

  async onModuleInit(): Promise<void> {
    const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, NODE_ID: nodeId, DATA_DIR: dataDir } = this.config;
    if (endpoint === undefined) return;
    const { otlpExporter } = await import('./otlp-exporter.ts');
    this.#exporter = otlpExporter(endpoint, nodeId ?? keptNodeId(dataDir));
    this.tracing.use(this.#exporter);
  }

  /** What was gathered is sent before the process ends; a receiver that is away does not hold it up for long. */
  async onApplicationShutdown(): Promise<void> {
    this.tracing.use(undefined);
    await this.#exporter?.close().catch(() => undefined);
  }
}
