export { McpCatalog } from './mcp-catalog.service.ts';
export { readMcpServers } from './mcp-servers.ts';
export { McpToolFailedError, McpUnavailableError } from './mcp.errors.ts';
export { McpModule } from './mcp.module.ts';
export {
  defaultMcpOptions,
  MCP_OPTIONS,
  type HttpTransportOptions,
  type McpOptions,
  type McpServerOptions,
  type StdioTransportOptions,
} from './mcp.options.ts';
