export { AuthorizedToolCall, type ToolCall, type ToolCaller } from './dispatch/authorized-tool-call.ts';
export { BuiltInToolsModule } from './built-in/built-in-tools.module.ts';
export type {
  ArgumentsClass,
  ParameterSchema,
  SideEffect,
  Tool,
  ToolInvocation,
} from './registry/tool.contract.ts';
export { MAX_RESULT_BYTES, ToolDispatcher, type ToolReport } from './dispatch/tool-dispatcher.service.ts';
export { hashArguments, type ToolApproval } from './dispatch/tool-approval.ts';
export {
  defaultToolLimits,
  TOOL_LIMITS_OPTIONS,
  ToolLimits,
  type ToolLimitsOptions,
} from './dispatch/tool-limits.service.ts';
export { ToolRegistry } from './registry/tool-registry.service.ts';
export {
  ApprovalMissingError,
  ApprovalRefusedError,
  InvalidToolArgumentsError,
  ToolBusyError,
  ToolNotPermittedError,
  ToolRateError,
  ToolRefusalError,
  ToolRegistrationError,
  ToolResultTooLargeError,
  ToolTimeoutError,
} from './tools.errors.ts';
export { ToolsModule } from './tools.module.ts';
export { networksComplaint, networksIn } from './web/address-check.ts';
export {
  WEB_FETCH_MODES,
  WEB_FETCH_OPTIONS,
  type WebFetcherOptions,
  type WebFetchMode,
} from './web/web-fetch.options.ts';
export { WebToolsModule } from './web/web-tools.module.ts';
