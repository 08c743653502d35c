import { Module, type OnModuleInit } from '@nestjs/common';
import { SandboxModule } from '@bulkhead/sandbox';
import { ToolRegistry } from '../registry/tool-registry.service.ts';
import { ToolsModule } from '../tools.module.ts';
import { WebFetchTool } from './web-fetch.tool.ts';

/** The tool that reads pages of the internet. */
@Module({ imports: [ToolsModule, SandboxModule], providers: [WebFetchTool] })
export class WebToolsModule implements OnModuleInit {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly webFetch: WebFetchTool,
  ) {}

  onModuleInit(): void {
    if (this.webFetch.isOff) this.registry.turnOff(this.webFetch.name);
    else this.registry.register(this.webFetch);
  }
}
