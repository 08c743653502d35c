import { Module, type OnModuleInit } from '@nestjs/common';
import { ToolRegistry } from '../tool-registry.service.ts';
import { ToolsModule } from '../tools.module.ts';
import { CalculatorTool } from './calculator.tool.ts';
import { CurrentTimeTool } from './current-time.tool.ts';
import { NotesAddTool, NotesListTool, NotesSearchTool } from './notes.tools.ts';

/** The tools that come with the server. */
@Module({
  imports: [ToolsModule],
  providers: [CalculatorTool, CurrentTimeTool, NotesAddTool, NotesListTool, NotesSearchTool],
})
export class BuiltInToolsModule implements OnModuleInit {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly calculator: CalculatorTool,
    private readonly currentTime: CurrentTimeTool,
    private readonly notesAdd: NotesAddTool,
    private readonly notesList: NotesListTool,
    private readonly notesSearch: NotesSearchTool,
  ) {}

  onModuleInit(): void {
    for (const tool of [this.calculator, this.currentTime, this.notesAdd, this.notesList, this.notesSearch]) {
      this.registry.register(tool);
    }
  }
}
