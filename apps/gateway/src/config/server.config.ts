import { IsIn, IsOptional, IsString, IsUrl, Matches, MaxLength, MinLength } from 'class-validator';
import { IsIntBetween } from './is-int-between.decorator.ts';

const database = { require_tld: false, require_protocol: true, protocols: ['postgres', 'postgresql'] };

const receiver = { require_tld: false, require_protocol: true, protocols: ['http', 'https'] };

/** Where the server listens, keeps its data, and how it is named. */
export class ServerConfig {
  @IsIntBetween(0, 65_535)
  readonly PORT: number = 3000;

  @IsString()
  @Matches(/^[\w.:-]{1,253}$/, { message: 'HOST must be an address or a host name' })
  readonly HOST: string = '127.0.0.1';

  @Matches(/^(?:[\w.-]{1,253}(?:,(?!$)|$))*$/, {
    message: 'ALLOWED_HOSTS must be comma-separated host names without port, such as chat.example.org',
  })
  readonly ALLOWED_HOSTS: string = '';

  @IsIntBetween(1, 1_000_000)
  readonly CONNECTIONS_PER_NODE: number = 20_000;

  @IsIntBetween(1, 1_000_000)
  readonly CONNECTIONS_PER_ADDRESS: number = 1_000;

  @IsIntBetween(0, 300)
  readonly SHUTDOWN_DELAY_SECONDS: number = 0;

  @IsIn(['on', 'off'], { message: 'DOCS must be on or off' })
  readonly DOCS: string = 'on';

  @IsIn(['on', 'off'], { message: 'HSTS_INCLUDE_SUBDOMAINS must be on or off' })
  readonly HSTS_INCLUDE_SUBDOMAINS: string = 'on';

  @IsString()
  @MaxLength(1024)
  readonly DATA_DIR: string = '.data';

  @IsOptional()
  @IsUrl(database, { message: 'DATABASE_URL must look like postgres://user:password@host:5432/name' })
  readonly DATABASE_URL?: string;

  @IsIntBetween(2, 200)
  readonly DATABASE_POOL_SIZE: number = 20;

  @IsIntBetween(0, 3_600)
  readonly DATABASE_WAIT_SECONDS: number = 30;

  @IsOptional()
  @Matches(/^[a-z][a-z0-9_]{0,39}$/, {
    message: 'DATABASE_ROLE_PREFIX must be 1 to 40 lower-case letters, digits or underscores',
  })
  readonly DATABASE_ROLE_PREFIX?: string;

  @IsOptional()
  @IsString()
  @MinLength(32, { message: 'DATABASE_LOGIN_SECRET must have at least 32 characters' })
  readonly DATABASE_LOGIN_SECRET?: string;

  @Matches(/^(?:[^,]{32,}(?:,(?!$)|$))*$/, {
    message: 'DATABASE_LOGIN_PREVIOUS_SECRETS must be comma-separated secrets of at least 32 characters',
  })
  readonly DATABASE_LOGIN_PREVIOUS_SECRETS: string = '';

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  readonly LOG_LEVEL: string = 'info';

  @Matches(/^(?:\w{1,40}=(?:fatal|error|warn|info|debug|trace|silent)(?:,(?!$)|$))*$/, {
    message: 'LOG_LEVELS must be comma-separated names with a level, such as Steps=debug,Requests=warn',
  })
  readonly LOG_LEVELS: string = '';

  @IsOptional()
  @IsUrl(receiver, { message: 'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://localhost:4318' })
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @IsOptional()
  @MinLength(16, { message: 'METRICS_TOKEN must have at least 16 characters' })
  @MaxLength(256)
  readonly METRICS_TOKEN?: string;

  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, {
    message: 'NODE_ID must be 1 to 64 letters, digits, dots, hyphens or underscores',
  })
  readonly NODE_ID?: string;
}
