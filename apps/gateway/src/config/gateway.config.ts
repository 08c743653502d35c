import 'reflect-metadata';
import { plainToInstance, Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  validateSync,
} from 'class-validator';
import { ConfigError } from './config.errors.ts';

const local = { require_tld: false, require_protocol: true, protocols: ['http', 'https'] };
const database = { require_tld: false, require_protocol: true, protocols: ['postgres', 'postgresql'] };
const Whole =
  (min: number, max: number): PropertyDecorator =>
  (target, key) => {
    for (const decorate of [Type(() => Number), IsInt(), Min(min), Max(max)]) decorate(target, key);
  };

/** Every setting of the server, with its default. `.env.example` explains them. */
export class GatewayConfig {
  @Whole(0, 65_535)
  readonly PORT: number = 3000;

  @IsString()
  @Matches(/^[\w.:-]{1,253}$/, { message: 'HOST must be an address or a host name' })
  readonly HOST: string = '127.0.0.1';

  @IsString()
  @MaxLength(1024)
  readonly DATA_DIR: string = '.data';

  @IsOptional()
  @IsUrl(database, { message: 'DATABASE_URL must look like postgres://user:password@host:5432/name' })
  readonly DATABASE_URL?: string;

  @Whole(2, 200)
  readonly DATABASE_POOL_SIZE: number = 20;

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  readonly LOG_LEVEL: string = 'info';

  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, {
    message: 'NODE_ID must be 1 to 64 letters, digits, dots, hyphens or underscores',
  })
  readonly NODE_ID?: string;

  @Matches(/^(?:https?:\/\/[\w.:[\]-]+(?:,(?!$)|$))*$/, {
    message: 'ALLOWED_ORIGINS must be a comma-separated list of origins such as https://chat.example.org',
  })
  readonly ALLOWED_ORIGINS: string = '';

  @Whole(60, 86_400)
  readonly ACCESS_TOKEN_TTL_SECONDS: number = 900;

  @Whole(1, 365)
  readonly REFRESH_TOKEN_TTL_DAYS: number = 30;

  @Whole(1, 100)
  readonly RUNS_PER_USER: number = 5;

  @Whole(1, 100_000)
  readonly UNFINISHED_RUNS_PER_USER: number = 200;

  @Whole(1, 100)
  readonly RUN_MAX_STEPS: number = 20;

  @Whole(0, 1_000)
  readonly RUN_MAX_TOOL_CALLS: number = 50;

  @Whole(1, 86_400)
  readonly RUN_TIMEOUT_SECONDS: number = 300;

  @Whole(10, 10_000)
  readonly QUEUE_POLLING_MS: number = 25;

  @Whole(0, 300)
  readonly DRAIN_TIMEOUT_SECONDS: number = 8;

  @Matches(/^(?:offline|[a-z][a-z0-9-]*:\S{1,200})$/, {
    message:
      'DEFAULT_MODEL must be "offline" or a provider and its model, e.g. openai-compatible:gpt-4o-mini',
  })
  readonly DEFAULT_MODEL: string = 'offline';

  @IsOptional()
  @IsUrl(local, { message: 'OPENAI_COMPATIBLE_BASE_URL must be a URL such as http://127.0.0.1:11434/v1' })
  readonly OPENAI_COMPATIBLE_BASE_URL?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1024)
  readonly OPENAI_COMPATIBLE_API_KEY?: string;
}

/** Parses the environment once, at boot: nothing else reads it. An empty value counts as absent. @throws ConfigError listing every bad key */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const known = Object.keys(new GatewayConfig()).concat(
    'DATABASE_URL',
    'NODE_ID',
    'OPENAI_COMPATIBLE_BASE_URL',
    'OPENAI_COMPATIBLE_API_KEY',
  );
  const given = Object.fromEntries(
    known.flatMap((key) => (environment[key] ? [[key, environment[key]] as const] : [])),
  );
  const config = plainToInstance(GatewayConfig, given, { exposeDefaultValues: true });
  const problems = validateSync(config).map(({ constraints = {} }) => Object.values(constraints).join('; '));
  if (config.DEFAULT_MODEL.startsWith('openai-compatible:') && !config.OPENAI_COMPATIBLE_BASE_URL) {
    problems.push('DEFAULT_MODEL needs OPENAI_COMPATIBLE_BASE_URL');
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}
