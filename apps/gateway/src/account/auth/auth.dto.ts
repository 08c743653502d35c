import { accountLimits } from '@bulkhead/auth';
import { ApiProperty } from '@nestjs/swagger';

export class UserDto {
  @ApiProperty({ format: 'uuid' })
  readonly userId!: string;

  @ApiProperty({
    type: 'string',
    format: 'email',
    nullable: true,
    description: 'Null when the provider of the account tells none.',
  })
  readonly email!: string | null;

  @ApiProperty()
  readonly displayName!: string;

  @ApiProperty({ type: [String], example: ['user'] })
  readonly roles!: readonly string[];
}

export class ProfileDto extends UserDto {
  @ApiProperty({ type: [String], example: ['threads:own'] })
  readonly permissions!: readonly string[];
}

export class SignedInDto {
  @ApiProperty()
  readonly user!: UserDto;

  /** Bearer token for REST and Socket.IO. */
  @ApiProperty()
  readonly accessToken!: string;

  @ApiProperty({ format: 'date-time' })
  readonly accessTokenExpiresAt!: string;

  /** Good for one refresh. */
  @ApiProperty()
  readonly refreshToken!: string;
}

const email = {
  type: 'string',
  format: 'email',
  maxLength: accountLimits.email,
  description: 'Compared without regard to capitals and surrounding white space.',
  example: 'ada@bulkhead.example',
};
const password = {
  type: 'string',
  format: 'password',
  maxLength: accountLimits.password,
  description: 'Any characters, counted after normalisation (NFKC).',
  example: 'correct horse battery staple',
};

/** The bodies, whose rules are the accounts' own. */
export const signUpBody = {
  schema: {
    type: 'object',
    required: ['email', 'password'],
    properties: {
      email,
      password: { ...password, minLength: accountLimits.passwordAtLeast },
      displayName: {
        type: 'string',
        minLength: 1,
        maxLength: accountLimits.displayName,
        description: "What others see; by default the email's part before the @.",
        example: 'Ada',
      },
    },
  },
};
export const signInBody = {
  schema: { type: 'object', required: ['email', 'password'], properties: { email, password } },
};
export const refreshBody = {
  schema: {
    type: 'object',
    required: ['refreshToken'],
    properties: { refreshToken: { type: 'string', description: 'The newest one of the session.' } },
  },
};
