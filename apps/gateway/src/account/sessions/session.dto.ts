import { ApiProperty } from '@nestjs/swagger';
import { IsId } from '../../validation/is-id.decorator.ts';

export class SessionPath {
  @ApiProperty({ format: 'uuid' })
  @IsId()
  readonly sessionId!: string;
}

export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  readonly sessionId!: string;

  @ApiProperty({ enum: ['sign_in', 'provider'] })
  readonly kind!: 'sign_in' | 'provider';

  @ApiProperty({ type: 'string', nullable: true, description: 'What the client called itself.' })
  readonly userAgent!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly createdAt!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  readonly lastUsedAt!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly expiresAt!: string;

  @ApiProperty({ description: 'It is the one that asks.' })
  readonly isCurrent!: boolean;
}

export class SessionListDto {
  @ApiProperty({ type: [SessionDto] })
  readonly items!: readonly SessionDto[];
}
