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
