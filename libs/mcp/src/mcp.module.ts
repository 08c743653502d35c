import { Module, type OnModuleInit } from '@nestjs/common';
import { ToolsModule } from '@bulkhead/tools';
import { McpCatalog } from './mcp-catalog.service.ts';
import { McpConnector } from './mcp-connector.service.ts';
import { McpSessions } from './mcp-sessions.service.ts';

/** External tools over the Model Context Protocol. */
@Module({ imports: [ToolsModule], providers: [McpConnector, McpSessions, McpCatalog], exports: [McpCatalog] })
export class McpModule implements OnModuleInit {
  constructor(private readonly catalog: McpCatalog) {}

  onModuleInit(): Promise<void> {
    return this.catalog.load();
  }
}
