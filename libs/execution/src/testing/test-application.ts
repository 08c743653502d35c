import { Module, type DynamicModule, type OnModuleInit, type Type } from '@nestjs/common';
import { MODELS_OPTIONS, ModelRegistry, ModelsModule, type ModelsOptions } from '@bulkhead/models';
import { StrictModel } from '@bulkhead/models/testing';
import { PERSISTENCE_OPTIONS, type PersistenceOptions } from '@bulkhead/persistence';
import { ToolRegistry, ToolsModule, type Tool } from '@bulkhead/tools';
import type { AgentDefinition } from '../agents/agent.contract.ts';
import { AgentRegistry } from '../agents/agent-registry.service.ts';
import { ExecutionModule } from '../execution.module.ts';
import { EXECUTION_OPTIONS, type ExecutionOptions } from '../execution.options.ts';

/** What a spec adds to the execution module. */
export interface TestModules {
  readonly modules?: readonly Type[];
  readonly tools?: readonly Tool[];
  readonly agents?: readonly AgentDefinition[];
  /** Absent: the offline model. */
  readonly models?: ModelsOptions;
}

const offline: ModelsOptions = { defaultModel: 'offline' };

/** What the application's module and its one configuration module do. The offline model refuses a prompt that a service would. */
export function applicationOf(
  { modules = [], tools = [], agents = [], models = offline }: TestModules,
  persistence: PersistenceOptions,
  execution: ExecutionOptions,
): DynamicModule {
  const providers = [
    { provide: PERSISTENCE_OPTIONS, useValue: persistence },
    { provide: EXECUTION_OPTIONS, useValue: execution },
    { provide: MODELS_OPTIONS, useValue: models },
  ];
  class Configuration {}

  @Module({})
  class Application implements OnModuleInit {
    constructor(
      private readonly toolRegistry: ToolRegistry,
      private readonly agentRegistry: AgentRegistry,
      models: ModelRegistry,
    ) {
      const resolve = models.resolve.bind(models);
      models.resolve = (reference) => {
        const model = resolve(reference);
        // What is asked over HTTP is refused by the fake that answers: each has its own rules.
        return model.provider === 'offline' ? new StrictModel(model) : model;
      };
    }

    onModuleInit(): void {
      for (const tool of tools) this.toolRegistry.register(tool);
      for (const agent of agents) this.agentRegistry.register(agent);
    }
  }

  const configuration = { module: Configuration, global: true, providers, exports: providers };
  return {
    module: Application,
    imports: [configuration, ModelsModule, ToolsModule, ExecutionModule, ...modules],
  };
}
