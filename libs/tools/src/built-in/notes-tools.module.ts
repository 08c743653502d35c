import { Module, type OnModuleInit } from '@nestjs/common';
import { ToolRegistry } from '../registry/tool-registry.service.ts';
import { ToolsModule } from '../tools.module.ts';
import { NotesAddTool, NotesDeleteAllTool, NotesListTool, NotesSearchTool } from './notes.tools.ts';

/** The tools that keep a user's notes. */
@Module({
  imports: [ToolsModule],
  providers: [NotesAddTool, NotesDeleteAllTool, NotesListTool, NotesSearchTool],
})
export class NotesToolsModule implements OnModuleInit {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly add: NotesAddTool,
    private readonly list: NotesListTool,
    private readonly search: NotesSearchTool,
    private readonly deleteAll: NotesDeleteAllTool,
  ) {}

  onModuleInit(): void {
    for (const tool of [this.add, this.list, this.search, this.deleteAll]) this.registry.register(tool);
  }
}
