import 'reflect-metadata';
import { IntersectionType } from '@nestjs/swagger';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { AuditConfig } from './audit.config.ts';
import { AuthConfig, contradictionsIn } from './auth.config.ts';
import { ConfigError } from './config.errors.ts';
import { DeliveryConfig } from './delivery.config.ts';
import { ExecutionConfig } from './execution.config.ts';
import { LimitsConfig } from './limits.config.ts';
import { missingModelSettings, ModelsConfig } from './models.config.ts';
import { PROXY_SETTINGS, ProxyConfig } from './proxy.config.ts';
import { ServerConfig } from './server.config.ts';
import { contradictoryToolSettings, ToolsConfig } from './tools.config.ts';

/** Every setting of the server, with its default, in a class per area. `.env.example` explains them. */
export class GatewayConfig extends IntersectionType(
  ServerConfig,
  ProxyConfig,
  DeliveryConfig,
  AuthConfig,
  ExecutionConfig,
  ModelsConfig,
  AuditConfig,
  LimitsConfig,
  ToolsConfig,
) {}

/** Parses the environment once, at boot: nothing else reads it. An empty value counts as absent. @throws ConfigError listing every bad key */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const given = Object.fromEntries(
    [...settingNames()].flatMap((key) => {
      const small = PROXY_SETTINGS.has(key) ? environment[key.toLowerCase()] : undefined;
      const value = environment[key] || small;
      return value ? [[key, value] as const] : [];
    }),
  );
  const config = plainToInstance(GatewayConfig, given, { exposeDefaultValues: true });
  const problems = validateSync(config).map(({ constraints = {} }) => Object.values(constraints).join('; '));
  if (problems.length === 0) problems.push(...missingModelSettings(config));
  problems.push(...contradictionsIn(config), ...contradictoryToolSettings(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

/** The name of every setting: each has a rule. */
export function settingNames(): Set<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(GatewayConfig, '', true, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}
