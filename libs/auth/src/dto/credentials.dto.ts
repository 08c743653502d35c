import { IsString } from 'class-validator';
import { signInRules, signUpRules } from '../account-rules.ts';
import { Obeys } from './obeys.decorator.ts';

/** Body of a sign-up. */
export class SignUpDto {
  @Obeys(signUpRules.email)
  readonly email!: string;

  @Obeys(signUpRules.password)
  readonly password!: string;

  @Obeys(signUpRules.displayName)
  readonly displayName?: string;
}

/** Body of a sign-in. */
export class SignInDto {
  @Obeys(signInRules.email)
  readonly email!: string;

  @Obeys(signInRules.password)
  readonly password!: string;
}

/** Body of a refresh. What is text but no refresh token is unauthenticated, not invalid. */
export class RefreshDto {
  @IsString()
  readonly refreshToken!: string;
}
