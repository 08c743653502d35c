export type { ToolCall, ToolCaller } from './authorized-tool-call.ts';
export { BuiltInToolsModule } from './built-in/built-in-tools.module.ts';
export type { ParameterSchema, SideEffect, Tool, ToolInvocation } from './tool.contract.ts';
export { MAX_RESULT_BYTES, ToolDispatcher, type ToolReport } from './tool-dispatcher.ts';
export { ToolRegistry } from './tool-registry.service.ts';
export {
  InvalidToolArgumentsError,
  ToolNotPermittedError,
  ToolRefusalError,
  ToolRegistrationError,
  ToolResultTooLargeError,
  ToolTimeoutError,
} from './tools.errors.ts';
export { ToolsModule } from './tools.module.ts';
