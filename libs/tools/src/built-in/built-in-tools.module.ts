import { Module, type OnModuleInit } from '@nestjs/common';
import { SandboxModule } from '@bulkhead/sandbox';
import { ToolRegistry } from '../registry/tool-registry.service.ts';
import { ToolsModule } from '../tools.module.ts';
import { CalculatorTool } from './calculator.tool.ts';
import { CurrentTimeTool } from './current-time.tool.ts';
import { NotesToolsModule } from './notes-tools.module.ts';

/** The tools that come with the server. */
@Module({
  imports: [ToolsModule, SandboxModule, NotesToolsModule],
  providers: [CalculatorTool, CurrentTimeTool],
})
export class BuiltInToolsModule implements OnModuleInit {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly calculator: CalculatorTool,
    private readonly currentTime: CurrentTimeTool,
  ) {}

  onModuleInit(): void {
    for (const tool of [this.calculator, this.currentTime]) this.registry.register(tool);
  }
}
