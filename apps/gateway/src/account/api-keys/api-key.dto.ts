import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { apiKeyPermissions } from '@bulkhead/auth';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { IsId } from '../../validation/is-id.decorator.ts';

export class ApiKeyPath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly keyId!: string;
}

export class CreateApiKeyDto {
  @ApiProperty({ minLength: 1, maxLength: 80, example: 'nightly report' })
  @IsString()
  @Matches(/^(?=.*\S)[^\p{Cc}\p{Cs}]{1,80}$/u, { message: 'name must be text of 1 to 80 characters' })
  readonly name!: string;

  @ApiProperty({ enum: apiKeyPermissions, isArray: true, example: ['threads:own', 'runs:own'] })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @IsIn(apiKeyPermissions, {
    each: true,
    message: 'permissions must be some of your own, without account:own',
  })
  readonly permissions!: readonly string[];

  @ApiPropertyOptional({ minimum: 1, maximum: 365, default: 90 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(365)
  readonly expiresInDays: number = 90;
}

export class ApiKeyDto {
  @ApiProperty({ format: 'uuid' })
  readonly keyId!: string;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty({ type: [String], description: 'What it may do, as long as you may.' })
  readonly permissions!: readonly string[];

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  readonly lastUsedAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly expiresAt!: string;
}

export class CreatedApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    description: 'The key itself, a bearer token for REST and Socket.IO. It is shown this once.',
    example: 'bhk_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b_…',
  })
  readonly key!: string;
}

export class ApiKeyListDto {
  @ApiProperty({ type: [ApiKeyDto] })
  readonly items!: readonly ApiKeyDto[];
}
