import { readMcpServers } from '@bulkhead/mcp';
import { networksComplaint, WEB_FETCH_MODES, type WebFetchMode } from '@bulkhead/tools';
import { IsIn, Matches, ValidateBy, type ValidationArguments } from 'class-validator';
import { IsIntBetween } from './is-int-between.decorator.ts';

const MEBIBYTE = 1024 * 1024;

const complaint = (value: unknown): string | undefined => {
  const servers = typeof value === 'string' ? readMcpServers(value) : 'must be JSON';
  return typeof servers === 'string' ? servers : undefined;
};
const mcpServersRule = {
  validate: (value: unknown): boolean => complaint(value) === undefined,
  defaultMessage: (given?: ValidationArguments): string => `MCP_SERVERS ${complaint(given?.value) ?? ''}`,
};

const networksRule = {
  validate: (value: unknown): boolean => typeof value === 'string' && networksComplaint(value) === undefined,
  defaultMessage: (given?: ValidationArguments): string =>
    `WEB_FETCH_DENIED_NETWORKS ${networksComplaint(String(given?.value)) ?? 'must be text'}`,
};

/** What bounds tools: calls, where they may reach, uploaded tables and the queries over them. */
export class ToolsConfig {
  @IsIntBetween(1, 1_000_000)
  readonly TOOL_CALLS_PER_MINUTE_PER_USER: number = 6_000;

  @IsIntBetween(1, 1_000)
  readonly TOOL_CALLS_AT_ONCE_PER_USER: number = 16;

  @ValidateBy({ name: 'mcpServers', validator: mcpServersRule })
  readonly MCP_SERVERS: string = '';

  @IsIntBetween(1, 10_000)
  readonly MCP_SESSIONS_PER_SERVER: number = 50;

  @IsIntBetween(1, 86_400)
  readonly MCP_SESSION_IDLE_SECONDS: number = 300;

  @IsIn(WEB_FETCH_MODES, { message: `WEB_FETCH must be one of ${WEB_FETCH_MODES.join(', ')}` })
  readonly WEB_FETCH: WebFetchMode = 'on';

  @Matches(/^(?:[\w-]+(?:\.[\w-]+)*(?:,(?!$)|$))*$/, {
    message: 'WEB_FETCH_DOMAINS must be a comma-separated list of domains, e.g. example.org,docs.example.com',
  })
  readonly WEB_FETCH_DOMAINS: string = '';

  @ValidateBy({ name: 'networks', validator: networksRule })
  readonly WEB_FETCH_DENIED_NETWORKS: string = '';
  @IsIn(['required', 'off'])
  readonly MCP_STDIO_ISOLATION: 'required' | 'off' = 'required';

  @Matches(/^(?:(?:[\w.-]+|\[[\da-f:.]+\]):\d{1,5}(?:,(?!$)|$))*$/i, {
    message: 'WEB_FETCH_ALLOWED_HOSTS must be a comma-separated list of host:port, e.g. wiki.internal:443',
  })
  readonly WEB_FETCH_ALLOWED_HOSTS: string = '';

  @IsIntBetween(1_024, 1_024 * MEBIBYTE)
  readonly TABLE_MAX_BYTES: number = 64 * MEBIBYTE;

  @IsIntBetween(1, 10_000_000)
  readonly TABLE_MAX_ROWS: number = 1_000_000;

  @IsIntBetween(1, 10_000)
  readonly TABLES_PER_USER: number = 50;

  @IsIntBetween(1_024, 1_024 * 1_024 * MEBIBYTE)
  readonly TABLE_BYTES_PER_USER: number = 256 * MEBIBYTE;

  @IsIntBetween(1, 100)
  readonly TABLE_UPLOADS_AT_ONCE: number = 4;

  @IsIntBetween(1, 3_600)
  readonly TABLE_UPLOAD_TIMEOUT_SECONDS: number = 600;

  @IsIntBetween(1, 300)
  readonly TABLE_UPLOAD_STALL_SECONDS: number = 15;

  @IsIntBetween(1, 100)
  readonly TABLE_QUERIES_AT_ONCE: number = 4;

  @IsIntBetween(1, 300)
  readonly TABLE_QUERY_TIMEOUT_SECONDS: number = 10;
}

/** Combinations of settings that are rejected. */
export function contradictoryToolSettings({
  WEB_FETCH: mode,
  WEB_FETCH_DOMAINS: domains,
}: ToolsConfig): string[] {
  if ((mode === 'domains') === (domains !== '')) return [];
  return [
    domains === ''
      ? 'WEB_FETCH=domains needs WEB_FETCH_DOMAINS, the domains that agents may read'
      : `WEB_FETCH_DOMAINS is for WEB_FETCH=domains: with WEB_FETCH=${mode} nothing would hold to it`,
  ];
}
