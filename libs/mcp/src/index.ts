export { McpCatalog, type LeftOutTool } from './mcp-catalog.service.ts';
export { readMcpServers } from './mcp-servers.ts';
export {
  McpCallRefusedError,
  McpToolChangedError,
  McpToolFailedError,
  McpUnavailableError,
} from './mcp.errors.ts';
export { McpModule } from './mcp.module.ts';
export {
  defaultMcpOptions,
  MCP_OPTIONS,
  type HttpTransportOptions,
  type McpOptions,
  type McpServerOptions,
  type McpToolOptions,
  type StdioTransportOptions,
} from './mcp.options.ts';
