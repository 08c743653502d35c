import { IsIn, IsOptional, IsString, Matches, MaxLength, MinLength, Validate } from 'class-validator';
import { ProvidersRule } from './providers.config.ts';
import { IsIntBetween } from './is-int-between.decorator.ts';

/** Who may sign in, how, and how long what a sign-in gives is good for. */
export class AuthConfig {
  @IsIntBetween(60, 86_400)
  readonly ACCESS_TOKEN_TTL_SECONDS: number = 900;

  @IsIntBetween(1, 365)
  readonly REFRESH_TOKEN_TTL_DAYS: number = 30;

  @IsOptional()
  @MinLength(32, { message: 'SIGNING_KEY_SECRET must have at least 32 characters' })
  readonly SIGNING_KEY_SECRET?: string;

  @Matches(/^(?:[^,]{32,}(?:,(?!$)|$))*$/, {
    message: 'SIGNING_KEY_PREVIOUS_SECRETS must be comma-separated secrets of at least 32 characters',
  })
  readonly SIGNING_KEY_PREVIOUS_SECRETS: string = '';

  @IsIntBetween(0, 3_650)
  readonly SIGNING_KEY_ROTATION_DAYS: number = 30;

  @IsIn(['on', 'off'], { message: 'LOCAL_ACCOUNTS must be on or off' })
  readonly LOCAL_ACCOUNTS: string = 'on';

  @IsOptional()
  @IsString()
  @Validate(ProvidersRule)
  readonly OIDC_PROVIDERS?: string;

  @IsOptional()
  @Matches(/^[0-9a-f-]{36}(?:,[0-9a-f-]{36})*$/i, {
    message: 'ADMIN_USER_IDS must be a comma-separated list of user ids, as GET /v1/me tells them',
  })
  readonly ADMIN_USER_IDS?: string;

  @IsOptional()
  @IsString()
  @MinLength(32, { message: 'E2E_OAUTH_SIMULATION_KEY must have at least 32 characters' })
  @MaxLength(256)
  readonly E2E_OAUTH_SIMULATION_KEY?: string;

  @IsOptional()
  @IsString()
  readonly NODE_ENV?: string;
}

/** What can't be together. */
export function contradictionsIn(config: AuthConfig): string[] {
  const { E2E_OAUTH_SIMULATION_KEY: simulation, OIDC_PROVIDERS: providers, LOCAL_ACCOUNTS: local } = config;
  return [
    ...(simulation && config.NODE_ENV !== 'test'
      ? ['E2E_OAUTH_SIMULATION_KEY is for end-to-end tests: it must not be set unless NODE_ENV is test']
      : []),
    ...(local === 'off' && !providers && !simulation
      ? ['LOCAL_ACCOUNTS=off needs OIDC_PROVIDERS, or nobody can sign in']
      : []),
  ];
}
