import { IsString } from 'class-validator';
import { signInRules, signUpRules } from './account-rules.ts';
import { MatchesRule } from './matches-rule.decorator.ts';

/** Body of a sign-up. */
export class SignUpDto {
  @MatchesRule(signUpRules.email)
  readonly email!: string;

  @MatchesRule(signUpRules.password)
  readonly password!: string;

  @MatchesRule(signUpRules.displayName)
  readonly displayName?: string;
}

/** Body of a sign-in. */
export class SignInDto {
  @MatchesRule(signInRules.email)
  readonly email!: string;

  @MatchesRule(signInRules.password)
  readonly password!: string;
}

/** Body of a refresh. What is text but no refresh token is unauthenticated, not invalid. */
export class RefreshDto {
  @IsString()
  readonly refreshToken!: string;
}
