import type { Tool } from '../registry/tool.contract.ts';
import type { ToolReport } from '../dispatch/tool-dispatcher.service.ts';
import { openTestTools } from './test-tools.ts';

/**
 * Runs one tool by itself, as an agent that lists it would: the real dispatcher on a real database, with a new user
 * who may use it. Arguments are checked against its schema, and its limits hold.
 */
export async function runTool(tool: Tool<never>, args: unknown): Promise<ToolReport> {
  const test = await openTestTools();
  try {
    test.registry.register(tool);
    const context = await test.openRun(tool.permission);
    return await test.execute(context, { toolName: tool.name, arguments: args });
  } finally {
    await test.close();
  }
}
