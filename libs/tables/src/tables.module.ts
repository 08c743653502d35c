import { Module, type OnModuleInit } from '@nestjs/common';
import { PersistenceModule } from '@bulkhead/persistence';
import { ToolRegistry, ToolsModule } from '@bulkhead/tools';
import { QueryConnections } from './query/query-connections.service.ts';
import { TableQueries } from './query/table-queries.service.ts';
import { TableImport } from './table-import.service.ts';
import { TableStore } from './table-store.service.ts';
import { TablesDescribeTool, TablesListTool, TablesQueryTool } from './tables.tools.ts';

/** Uploaded tables, and the tools with which agents ask about them. */
@Module({
  imports: [PersistenceModule, ToolsModule],
  providers: [
    ...[TableStore, TableImport, QueryConnections, TableQueries],
    ...[TablesListTool, TablesDescribeTool, TablesQueryTool],
  ],
  exports: [TableStore, TableImport, TableQueries],
})
export class TablesModule implements OnModuleInit {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly list: TablesListTool,
    private readonly describe: TablesDescribeTool,
    private readonly query: TablesQueryTool,
  ) {}

  onModuleInit(): void {
    for (const tool of [this.list, this.describe, this.query]) this.registry.register(tool);
  }
}
