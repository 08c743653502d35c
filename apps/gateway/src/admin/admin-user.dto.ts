import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ROLES, type Role } from '@bulkhead/auth';
import { ArrayUnique, IsArray, IsBoolean, IsEmail, IsIn, IsOptional } from 'class-validator';
import { IsId } from '../validation/is-id.decorator.ts';
import { PageQuery } from '../validation/page.dto.ts';

export class UserPath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly userId!: string;
}

export class UserQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'email', description: 'Only the accounts with this email.' })
  @IsOptional()
  @IsEmail()
  readonly email?: string;
}

export class ChangeUserDto {
  @ApiPropertyOptional({ enum: ROLES, isArray: true, example: ['user'] })
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsIn(ROLES, { each: true })
  readonly roles?: readonly Role[];

  @ApiPropertyOptional({ description: 'A disabled account keeps its data, and can do nothing.' })
  @IsOptional()
  @IsBoolean()
  readonly isDisabled?: boolean;
}

export class AdministeredUserDto {
  @ApiProperty({ format: 'uuid' })
  readonly userId!: string;

  @ApiProperty({ description: '`local`, or the URL of the OpenID provider.' })
  readonly issuer!: string;

  @ApiProperty({ type: 'string', nullable: true })
  readonly email!: string | null;

  @ApiProperty()
  readonly displayName!: string;

  @ApiProperty({ type: [String], example: ['user'] })
  readonly roles!: readonly string[];

  @ApiProperty()
  readonly isDisabled!: boolean;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;
}

export class AdministeredUserPageDto {
  @ApiProperty({ type: [AdministeredUserDto] })
  readonly items!: readonly AdministeredUserDto[];

  @ApiPropertyOptional()
  readonly nextCursor?: string;
}

export class AdministeredSessionDto {
  @ApiProperty({ format: 'uuid' })
  readonly sessionId!: string;

  @ApiProperty({ enum: ['sign_in', 'api_key', 'provider'] })
  readonly kind!: 'sign_in' | 'api_key' | 'provider';

  @ApiProperty({ type: 'string', nullable: true })
  readonly userAgent!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  readonly expiresAt!: string;
}

export class AdministeredSessionListDto {
  @ApiProperty({ type: [AdministeredSessionDto] })
  readonly items!: readonly AdministeredSessionDto[];
}
