import { Injectable } from '@nestjs/common';
import { Metrics } from '@bulkhead/telemetry';
import type { UserContextScope } from '@bulkhead/user-context';

/** How many engines there are on this node, and were. */
@Injectable()
export class EngineMetrics {
  #created = 0;
  #disposed = 0;
  #rejected = 0;
  #peak = 0;

  constructor(private readonly metrics: Metrics) {
    metrics.read('bulkhead_engines_created_total', () => [[this.#created]]);
    metrics.read('bulkhead_engines_disposed_total', () => [[this.#disposed]]);
    metrics.read('bulkhead_engines_rejected_total', () => [[this.#rejected]]);
    metrics.read('bulkhead_engines_active', () => [[this.active]]);
    metrics.read('bulkhead_engines_peak', () => [[this.#peak]]);
  }

  /** Engines that are alive: those whose scope is open. */
  get active(): number {
    return this.#created - this.#disposed;
  }

  /** Most that were alive at the same time. */
  get peak(): number {
    return this.#peak;
  }

  /** Makes an engine that lives as long as its scope. @throws whatever `make` throws */
  admit<Engine>(scope: UserContextScope, make: () => Engine): Engine {
    const startedAt = performance.now();
    try {
      const engine = make();
      scope.defer('engine', () => void this.#disposed++);
      this.#created += 1;
      this.#peak = Math.max(this.#peak, this.active);
      this.metrics.observe('bulkhead_engine_creation_seconds', (performance.now() - startedAt) / 1000);
      return engine;
    } catch (error) {
      this.#rejected += 1;
      throw error;
    }
  }
}
