import { Module, type DynamicModule } from '@nestjs/common';
import { AgentsModule } from '@bulkhead/agents';
import { AuditSealingModule } from '@bulkhead/audit';
import { McpModule } from '@bulkhead/mcp';
import { BuiltInToolsModule, WebToolsModule } from '@bulkhead/tools';
import { BootModule } from './boot/boot.module.ts';
import { ClientsModule } from './clients.module.ts';
import { ConfigurationModule } from './config/configuration.module.ts';
import type { GatewayConfig } from './config/gateway.config.ts';
import { HttpModule } from './http/http.module.ts';
import { ObservabilityModule } from './observability/observability.module.ts';
import { ProblemsModule } from './problems/problems.module.ts';
import { SecurityModule } from './security/security.module.ts';
import { ValidationModule } from './validation/validation.module.ts';
import { WorkerModule } from './worker/worker.module.ts';

/** The server: every feature module, and nothing else. */
@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigurationModule.forRoot(config),
        BootModule,
        HttpModule,
        SecurityModule,
        ValidationModule,
        ProblemsModule,
        ObservabilityModule,
        AuditSealingModule,
        BuiltInToolsModule,
        WebToolsModule,
        McpModule,
        AgentsModule,
        WorkerModule,
        ...(config.ROLE === 'worker' ? [] : [ClientsModule]),
      ],
    };
  }
}
