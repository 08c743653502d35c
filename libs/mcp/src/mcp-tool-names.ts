import { createHash } from 'node:crypto';
import { toolOptions, type McpServerOptions } from './mcp.options.ts';

const MAX_LENGTH = 64;
const SUFFIX_LENGTH = 6;

/** The names under which servers' tools are known here. */
export interface McpToolNames {
  of(server: string, tool: string): string;
}

/**
 * Names that every provider takes: `mcp_<server>_<tool>` in lower-case letters, digits and underscores, at most 64
 * characters. Where two tools would have one name, each that is not written exactly so gets a suffix made of its own
 * name, so that no name depends on the order of the tools.
 */
export function mcpToolNames(servers: readonly McpServerOptions[]): McpToolNames {
  const tools = servers.flatMap((server) =>
    toolOptions(server).map(({ name }) => [server.name, name] as const),
  );
  return {
    of: (server, tool) => {
      const plain = plainName(server, tool);
      const rivals = tools.filter((each) => plainName(...each) === plain);
      // Server `a` with tool `b_c` and server `a_b` with tool `c` are both written so.
      const isItsOwn = isExact(server, tool) && rivals.filter((each) => isExact(...each)).length === 1;
      return rivals.length <= 1 || isItsOwn ? plain : suffixed(plain, server, tool);
    },
  };
}

const fullName = (server: string, tool: string): string => `mcp_${server}_${tool}`;
const plainName = (server: string, tool: string): string =>
  fullName(server, tool.toLowerCase().replace(/[^a-z0-9_]/g, '_')).slice(0, MAX_LENGTH);
const isExact = (server: string, tool: string): boolean => plainName(server, tool) === fullName(server, tool);

function suffixed(plain: string, server: string, tool: string): string {
  const hash = createHash('sha256').update(`${server}\n${tool}`).digest('hex').slice(0, SUFFIX_LENGTH);
  return `${plain.slice(0, MAX_LENGTH - SUFFIX_LENGTH - 1)}_${hash}`;
}
