import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AUDIT_OPTIONS, type AuditOptions } from '@bulkhead/audit';
import { AUTH_OPTIONS, type AuthOptions } from '@bulkhead/auth';
import { EVENTS_OPTIONS, type EventsOptions } from '@bulkhead/events';
import { EXECUTION_OPTIONS, type ExecutionOptions, type PriceTable } from '@bulkhead/execution';
import { MCP_OPTIONS, readMcpServers, type McpOptions } from '@bulkhead/mcp';
import { MODELS_OPTIONS, type ModelsOptions } from '@bulkhead/models';
import { PERSISTENCE_OPTIONS, type PersistenceOptions } from '@bulkhead/persistence';
import { defaultTablesOptions, TABLES_OPTIONS, type TablesOptions } from '@bulkhead/tables';
import {
  defaultToolLimits,
  networksIn,
  TOOL_LIMITS_OPTIONS,
  WEB_FETCH_OPTIONS,
  type ToolLimitsOptions,
  type WebFetcherOptions,
} from '@bulkhead/tools';
import { GatewayConfig } from './gateway.config.ts';
import { outgoingFetch } from './outgoing-fetch.ts';
import { agentModelsOf } from './models.config.ts';
import { providersIn, simulatedProvider } from './providers.config.ts';
import { keptNodeId } from './node-id.ts';

/** Hands each lib its part of the configuration. The one global module: every other dependency is imported by name. */
@Module({})
export class ConfigurationModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    const ask = outgoingFetch(config);
    const providers: Provider[] = [
      { provide: GatewayConfig, useValue: config },
      { provide: PERSISTENCE_OPTIONS, useValue: persistence(config) },
      { provide: AUDIT_OPTIONS, useValue: audit(config) },
      { provide: AUTH_OPTIONS, useValue: auth(config, ask) },
      { provide: EVENTS_OPTIONS, useValue: events(config) },
      { provide: EXECUTION_OPTIONS, useValue: execution(config) },
      { provide: MODELS_OPTIONS, useValue: models(config, ask) },
      { provide: TABLES_OPTIONS, useValue: tables(config) },
      { provide: TOOL_LIMITS_OPTIONS, useValue: toolLimits(config) },
      { provide: MCP_OPTIONS, useValue: mcp(config, ask) },
      { provide: WEB_FETCH_OPTIONS, useValue: webFetch(config) },
    ];
    const exports = [
      GatewayConfig,
      PERSISTENCE_OPTIONS,
      AUDIT_OPTIONS,
      AUTH_OPTIONS,
      EVENTS_OPTIONS,
      EXECUTION_OPTIONS,
      MODELS_OPTIONS,
      TABLES_OPTIONS,
      TOOL_LIMITS_OPTIONS,
      WEB_FETCH_OPTIONS,
      MCP_OPTIONS,
    ];
    return { module: ConfigurationModule, global: true, providers, exports };
  }
}

type Outgoing = ReturnType<typeof outgoingFetch>;

export const persistence = (config: GatewayConfig): PersistenceOptions => ({
  ...(config.DATABASE_URL !== undefined && { databaseUrl: config.DATABASE_URL }),
  ...(config.DATABASE_ROLE_PREFIX !== undefined && { rolePrefix: config.DATABASE_ROLE_PREFIX }),
  ...(config.DATABASE_LOGIN_SECRET !== undefined && { loginSecret: config.DATABASE_LOGIN_SECRET }),
  previousLoginSecrets: config.DATABASE_LOGIN_PREVIOUS_SECRETS.split(',').filter(Boolean),
  waitMs: config.DATABASE_WAIT_SECONDS * 1000,
  dataDir: config.DATA_DIR,
  poolSize: config.DATABASE_POOL_SIZE,
});

export const audit = (config: GatewayConfig): AuditOptions => ({
  ...(config.AUDIT_KEY !== undefined && { key: config.AUDIT_KEY }),
  previousKeys: config.AUDIT_PREVIOUS_KEYS.split(',').filter(Boolean),
  witnessDir: config.DATA_DIR,
  isOwnDatabase: config.DATABASE_URL !== undefined,
  ...(config.AUDIT_ACCEPT_RESTORED !== undefined && { acceptRestored: config.AUDIT_ACCEPT_RESTORED }),
});

const auth = (config: GatewayConfig, ask: Outgoing): AuthOptions => ({
  ...(ask && { fetch: ask }),
  accessTokenTtlSeconds: config.ACCESS_TOKEN_TTL_SECONDS,
  refreshTokenTtlDays: config.REFRESH_TOKEN_TTL_DAYS,
  ...(config.SIGNING_KEY_SECRET !== undefined && { signingKeySecret: config.SIGNING_KEY_SECRET }),
  previousSigningKeySecrets: config.SIGNING_KEY_PREVIOUS_SECRETS.split(',').filter(Boolean),
  signingKeyRotationDays: config.SIGNING_KEY_ROTATION_DAYS,
  localAccounts: config.LOCAL_ACCOUNTS === 'on',
  providers: [
    ...providersIn(config.OIDC_PROVIDERS),
    ...(config.E2E_OAUTH_SIMULATION_KEY ? [simulatedProvider(config.E2E_OAUTH_SIMULATION_KEY)] : []),
  ],
  adminUserIds: config.ADMIN_USER_IDS?.toLowerCase().split(',') ?? [],
});

const events = (config: GatewayConfig): EventsOptions => ({
  retentionDays: config.EVENT_RETENTION_DAYS,
  eventsPerThread: config.EVENTS_PER_THREAD,
});

const execution = (config: GatewayConfig): ExecutionOptions => ({
  nodeId: config.NODE_ID ?? keptNodeId(config.DATA_DIR),
  unfinishedRunsPerUser: config.UNFINISHED_RUNS_PER_USER,
  runsPerUser: config.RUNS_PER_USER,
  agentModels: agentModelsOf(config),
  modelPrices: JSON.parse(config.MODEL_PRICES) as PriceTable,
  contextTokens: config.CONTEXT_TOKENS,
  ...(config.SUMMARY_MODEL !== undefined && { summaryModel: config.SUMMARY_MODEL }),
  quotas: {
    tokensPerDay: config.QUOTA_TOKENS_PER_DAY ?? null,
    tokensPerMonth: config.QUOTA_TOKENS_PER_MONTH ?? null,
    costPerDay: config.QUOTA_COST_PER_DAY ?? null,
    costPerMonth: config.QUOTA_COST_PER_MONTH ?? null,
  },
  maxSteps: config.RUN_MAX_STEPS,
  maxToolCalls: config.RUN_MAX_TOOL_CALLS,
  maxDelegations: config.RUN_MAX_DELEGATIONS,
  runTimeoutMs: config.RUN_TIMEOUT_SECONDS * 1000,
  role: config.ROLE,
  runsPerNode: config.RUNS_PER_NODE,
  leaseMs: config.NODE_LEASE_SECONDS * 1000,
  memoryLimitPercent: config.MEMORY_LIMIT_PERCENT,
  approvalTimeoutMs: config.APPROVAL_TIMEOUT_SECONDS * 1000,
  drainTimeoutMs: config.DRAIN_TIMEOUT_SECONDS * 1000,
});

const models = (config: GatewayConfig, ask: Outgoing): ModelsOptions => ({
  ...(ask && { fetch: ask }),
  defaultModel: config.DEFAULT_MODEL,
  patience: {
    connectTimeoutMs: config.MODEL_CONNECT_TIMEOUT_SECONDS * 1000,
    firstTokenTimeoutMs: config.MODEL_FIRST_TOKEN_TIMEOUT_SECONDS * 1000,
    stallTimeoutMs: config.MODEL_STALL_TIMEOUT_SECONDS * 1000,
    retries: config.MODEL_RETRIES,
  },
  ...(config.OPENAI_COMPATIBLE_BASE_URL !== undefined && {
    openaiCompatible: {
      baseUrl: config.OPENAI_COMPATIBLE_BASE_URL,
      ...(config.OPENAI_COMPATIBLE_API_KEY !== undefined && { apiKey: config.OPENAI_COMPATIBLE_API_KEY }),
    },
  }),
  ...provider('openai', config.OPENAI_API_KEY, config.OPENAI_BASE_URL),
  ...provider('anthropic', config.ANTHROPIC_API_KEY, config.ANTHROPIC_BASE_URL),
  ...provider('google', config.GOOGLE_API_KEY, config.GOOGLE_BASE_URL),
});

const tables = (config: GatewayConfig): TablesOptions => ({
  ...defaultTablesOptions,
  maxBytes: config.TABLE_MAX_BYTES,
  maxRows: config.TABLE_MAX_ROWS,
  tablesPerUser: config.TABLES_PER_USER,
  bytesPerUser: config.TABLE_BYTES_PER_USER,
  uploadsAtOnce: config.TABLE_UPLOADS_AT_ONCE,
  uploadTimeoutMs: config.TABLE_UPLOAD_TIMEOUT_SECONDS * 1000,
  uploadStallMs: config.TABLE_UPLOAD_STALL_SECONDS * 1000,
  queriesAtOnce: config.TABLE_QUERIES_AT_ONCE,
  queryTimeoutMs: config.TABLE_QUERY_TIMEOUT_SECONDS * 1000,
});
const provider = (
  name: 'openai' | 'anthropic' | 'google',
  apiKey: string | undefined,
  baseUrl: string | undefined,
): Partial<ModelsOptions> =>
  apiKey === undefined ? {} : { [name]: { apiKey, ...(baseUrl !== undefined && { baseUrl }) } };

const toolLimits = (config: GatewayConfig): ToolLimitsOptions => ({
  ...defaultToolLimits,
  callsPerMinute: config.TOOL_CALLS_PER_MINUTE_PER_USER,
  callsAtOnce: config.TOOL_CALLS_AT_ONCE_PER_USER,
});

const webFetch = (config: GatewayConfig): WebFetcherOptions => ({
  mode: config.WEB_FETCH,
  domains: config.WEB_FETCH_DOMAINS.toLowerCase().split(',').filter(Boolean),
  allowedHosts: config.WEB_FETCH_ALLOWED_HOSTS.toLowerCase().split(',').filter(Boolean),
  deniedNetworks: networksIn(config.WEB_FETCH_DENIED_NETWORKS),
});

const mcp = (config: GatewayConfig, ask: Outgoing): McpOptions => {
  const servers = readMcpServers(config.MCP_SERVERS);
  return {
    ...(ask && { fetch: ask }),
    servers: typeof servers === 'string' ? [] : servers,
    sessionsPerServer: config.MCP_SESSIONS_PER_SERVER,
    idleMs: config.MCP_SESSION_IDLE_SECONDS * 1000,
    stdioIsolation: config.MCP_STDIO_ISOLATION,
    // Everything on disk that this server keeps secrets in: its data, and the settings it is started with.
    hiddenPaths: [config.DATA_DIR, '.env'],
  };
};
