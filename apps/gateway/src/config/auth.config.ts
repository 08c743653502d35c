import { Whole } from './whole.decorator.ts';

/** How long what a sign-in gives is good for. */
export class AuthConfig {
  @Whole(60, 86_400)
  readonly ACCESS_TOKEN_TTL_SECONDS: number = 900;

  @Whole(1, 365)
  readonly REFRESH_TOKEN_TTL_DAYS: number = 30;
}
